"""The configuration as a file: it leads back exactly, it is taken whole or not at all, and no secret is in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import RefusedError
from appliance.operations import trial
from appliance.operations.probation import Probation
from appliance.operations.script import LineError
from appliance.security import passphrase
from tests.operations.orders import cells, order, text
from tests.operations.world import World
from tui.troubles import troubles
from tui.words import FLAG

PASSPHRASE = "a long enough one"
SOUND = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "identity.contact": st.text(SOUND, max_size=80),
        "identity.banner": st.text(SOUND | st.just("\n"), max_size=300),
        "readout.schedule": st.sampled_from(["15min", "*/5 * * * *", "0 4 * * sun"]),
        "bus.readout.response_timeout": st.integers(0, 60000).map(str),
        "console.allow": st.sampled_from(["", "10.4.0.0/16", "10.4.0.0/16,10.5.0.1"]),
        "identity.support.8.url": st.sampled_from(["", "https://example.com/?a=1#b"]),
        "console.password.2": st.text(SOUND, min_size=8, max_size=40),
        "security.confirm": st.sampled_from(["true", "false"]),
    },
)


@dataclass
class HeldTimer:
    """Rings when a test says so."""

    seconds: float
    ring: Callable[[], None]
    counts: bool = False

    def start(self) -> None:
        self.counts = True

    def cancel(self) -> None:
        self.counts = False


def put(world: World, *lines: str) -> str:
    """A file of the repository."""
    (world.parts.files / "new.cad").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "new.cad"


def created(world: World, words: str = "") -> str:
    data = order(world, f"configuration create {words}").data
    assert isinstance(data, dict)
    return str(data["file"])


@pytest.mark.parametrize("form", ["cad", "json"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=VALUES)
def test_file_leads_back_to_the_same_settings(
    world: World, monkeypatch: pytest.MonkeyPatch, form: str, values: dict[str, str]
) -> None:
    monkeypatch.setattr(passphrase, "COST", 2)  # what guessing costs is no part of this
    world.settings.unset(world.settings.all_kept(), "test")
    world.settings.set(values, "test")
    kept = world.settings.all_kept()
    file = created(world, f'format={form} passphrase="{PASSPHRASE}"')
    world.settings.unset(kept, "test")
    order(world, f'configuration load {file} passphrase="{PASSPHRASE}"')
    world.parts.probation.confirm()
    assert world.settings.all_kept() == kept
    (world.parts.files / file).unlink()


def test_secrets_travel_only_with_a_passphrase(world: World) -> None:
    world.settings.set({"console.password.2": "correct horse"}, "test")
    plain = (world.parts.files / created(world)).read_text()
    assert "# set console.password.2=" in plain
    sealed = created(world, f'passphrase="{PASSPHRASE}"')
    assert "correct horse" not in (world.parts.files / sealed).read_text()
    with pytest.raises(LineError, match=r"is sealed: it is opened with passphrase="):
        order(world, f"configuration load {sealed}")
    with pytest.raises(LineError, match="cannot be opened with this passphrase"):
        order(world, f'configuration load {sealed} passphrase="another long one"')
    with pytest.raises(RefusedError, match="12 characters or more"):
        order(world, "configuration create passphrase=short")


def test_what_names_this_building_stays_here_unless_it_is_asked_for(world: World) -> None:
    world.settings.set({"identity.location": "Cellar"}, "test")
    assert "Cellar" not in (world.parts.files / created(world)).read_text()
    assert "Cellar" in (world.parts.files / created(world, "device=true")).read_text()


def test_compare_shows_old_and_new_and_changes_nothing(world: World) -> None:
    file = put(world, "set identity.contact=Anna", "set console.password.2=correct-horse")
    for words in (f"configuration compare {file}", f"configuration load {file} check=true"):
        answer = order(world, words)
        assert cells(answer, "setting") == ["identity.contact", "console.password.2"]
        assert cells(answer, "becomes") == ["Anna", "········"]
    assert world.settings.identity.contact == ""


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("set identity.nonsense=1", "Unknown setting"),
        ("set log.retention=0", "takes 1 to 3650 d"),
        ("set log.ret=5", "written in full"),
        ("restart", "set and unset lines alone"),
        ('set identity.contact="open', "are not closed"),
        ("set console.listen=0.0.0.0", "together with"),
    ],
)
def test_one_wrong_line_is_named_and_keeps_the_whole_file_out(world: World, bad: str, sentence: str) -> None:
    file = put(world, "# busmeister configuration 1", "set identity.contact=Anna", bad)
    with pytest.raises(LineError, match=sentence) as caught:
        order(world, f"configuration load {file}")
    assert caught.value.line == 3
    assert world.settings.identity.contact == ""


def test_file_of_a_newer_version_is_taken_as_far_as_it_is_known(world: World) -> None:
    file = put(world, "# busmeister configuration 2", "set future.speed=9", "set identity.contact=Anna")
    with pytest.raises(LineError, match="Unknown setting"):
        order(world, f"configuration load {file} mode=replace")
    assert text(order(world, f"configuration load {file}")) == "future.speed is not known to this version: left out"
    assert world.settings.identity.contact == "Anna"


def test_replace_brings_back_the_defaults_of_what_the_file_does_not_name(world: World) -> None:
    world.settings.set(
        {"log.retention": "5", "identity.location": "Cellar", "console.password.2": "correct horse"}, "test"
    )
    order(world, f"configuration load {put(world, 'set identity.contact=Anna')} mode=replace")
    assert world.settings.text("log.retention") == "31"
    assert world.settings.identity.location == "Cellar"
    assert world.settings.kept(["console.password.2"]) == {"console.password.2": "correct horse"}


@pytest.fixture
def timed(world: World) -> list[HeldTimer]:
    """The timers of changes on probation."""
    timers: list[HeldTimer] = []

    def make(seconds: float, ring: Callable[[], None]) -> HeldTimer:
        timers.append(HeldTimer(seconds, ring))
        return timers[-1]

    world.parts = replace(world.parts, probation=Probation(make))
    world.call = replace(world.call, parts=world.parts)
    return timers


def test_change_of_a_door_that_nobody_confirms_is_undone(world: World, timed: list[HeldTimer]) -> None:
    file = put(world, "set console.port=9998", "set identity.contact=Anna")
    assert "undone in 60 s" in order(world, f"configuration load {file} confirm=60").sentence
    with pytest.raises(RefusedError, match="A change waits"):
        order(world, f"configuration load {file}")
    assert timed[0].seconds == 60
    timed[0].ring()
    assert world.settings.console.port == 9999
    assert world.settings.identity.contact == ""
    newest = world.parts.doorkeeper.audit.newest(world.clock.now().replace(year=2000), "", 1)
    assert newest[0].act.result == "not confirmed"


def restarted(world: World, timers: list[HeldTimer]) -> None:
    """The next process on the same store: it has no timer yet."""

    def make(seconds: float, ring: Callable[[], None]) -> HeldTimer:
        timers.append(HeldTimer(seconds, ring))
        return timers[-1]

    timers.clear()
    world.parts = replace(world.parts, probation=Probation(make))
    world.call = replace(world.call, parts=world.parts)
    trial.resume(world.parts)


def test_restart_undoes_what_nobody_confirmed_in_time(world: World, timed: list[HeldTimer]) -> None:
    order(world, f"configuration load {put(world, 'set console.port=9998')} confirm=60")
    world.clock.advance(seconds=61)
    restarted(world, timed)
    assert world.settings.console.port == 9999
    restarted(world, timed)
    assert not timed


def test_restart_counts_the_time_that_is_left_on(world: World, timed: list[HeldTimer]) -> None:
    file = put(world, "set console.port=9998", "set console.password.2=correct-horse")
    order(world, f"configuration load {file} confirm=60")
    assert "correct-horse" not in str(world.store.pending.get())
    world.clock.advance(seconds=20)
    restarted(world, timed)
    assert (timed[0].seconds, world.settings.console.port) == (40, 9998)
    timed[0].ring()
    assert world.settings.console.port == 9999
    assert world.settings.kept(["console.password.2"]) == {"console.password.2": None}


def test_restart_leaves_what_was_confirmed(world: World, timed: list[HeldTimer]) -> None:
    order(world, f"configuration load {put(world, 'set console.port=9998')} confirm=60")
    order(world, "configuration confirm")
    world.clock.advance(seconds=61)
    restarted(world, timed)
    assert world.settings.console.port == 9998


def test_undoing_leaves_what_somebody_changed_since(world: World, timed: list[HeldTimer]) -> None:
    order(world, f"configuration load {put(world, 'set console.port=9998', 'set identity.contact=Meier')}")
    order(world, "set identity.contact=Huber")
    timed[0].ring()
    assert world.settings.console.port == 9999
    assert world.settings.identity.contact == "Huber"


def test_waiting_change_is_told_with_the_time_left_and_what_keeps_it(world: World, timed: list[HeldTimer]) -> None:
    order(world, f"configuration load {put(world, 'set console.port=9998')} confirm=60")
    world.clock.advance(seconds=18)
    words = "network change waiting for confirmation, 42 s left: configuration confirm"
    assert words in str(order(world, "show warnings").table)
    assert (FLAG, words) in troubles(world.parts, ())
    order(world, "configuration confirm")
    assert "waiting for confirmation" not in str(order(world, "show warnings").table)


def test_confirmed_change_of_a_door_stays(world: World, timed: list[HeldTimer]) -> None:
    order(world, f"configuration load {put(world, 'set console.port=9998')}")
    order(world, "configuration confirm")
    assert not timed[0].counts
    timed[0].ring()
    assert world.settings.console.port == 9998
    with pytest.raises(RefusedError, match="No change waits"):
        order(world, "configuration confirm")


def test_rollback_goes_back_to_the_state_before(world: World) -> None:
    for contact in ("Anna", "Berta", "Carla"):
        world.settings.set({"identity.contact": contact, "console.password.2": f"correct {contact}"}, "test")
    assert order(world, "configuration rollback").sentence.endswith(": identity.contact, console.password.2")
    assert world.settings.identity.contact == "Berta"
    assert world.settings.kept(["console.password.2"])["console.password.2"] == "correct Berta"
    order(world, "configuration confirm")
    order(world, "configuration rollback")
    assert world.settings.identity.contact == "Anna"
    order(world, "configuration confirm")
    with pytest.raises(RefusedError, match="2 earlier states"):
        order(world, "configuration rollback 9")


def test_last_ten_states_are_kept(world: World) -> None:
    for number in range(12):
        world.settings.set({"identity.contact": f"Anna {number}"}, "test")
    for number in reversed(range(1, 11)):
        order(world, "configuration rollback")
        assert world.settings.identity.contact == f"Anna {number}"
    with pytest.raises(RefusedError, match="No earlier states"):
        order(world, "configuration rollback")
