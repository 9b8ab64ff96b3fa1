"""A file of the repository is run at the session's level: what came before an error stays, and is said."""

from __future__ import annotations

import pytest

from appliance.errors import Kind, RefusedError
from appliance.hub import JobState
from appliance.meters.meter import Meter
from appliance.operations.answer import Answer
from tests.console.dialogues import Conversation
from tests.operations.orders import cells, finished, order, started
from tests.operations.world import World, water_meter


def put(world: World, *lines: str, name: str = "site.cad") -> None:
    """A file in the repository."""
    world.parts.files.mkdir(exist_ok=True)
    (world.parts.files / name).write_text("\n".join(lines), encoding="utf-8")


def audited(world: World) -> list[object]:
    """What the audit trail has, the oldest first."""
    return cells(order(world, "audit list"), "what")[::-1]


def shown(answer: Answer) -> list[str]:
    """Lines of every part."""
    return [line for part in answer.parts for line in part.lines]


def test_file_is_run_top_to_bottom_and_every_answer_is_shown(world: World) -> None:
    put(world, "# site", "set bus.baud_rate=300", "set readout.schedule=60min", "", "show version", "log note hello")
    answer = order(world, "run site.cad")
    assert answer.sentence == "4 commands done"
    assert shown(answer) == ["line 2  set", "line 5  show version", "busmeister 0.1.0", "line 6  log note  noted"]
    assert world.settings.bus.baud_rate == 300


def test_session_shows_it_and_json_has_all_answers(world: World) -> None:
    put(world, "show version", "show presets")
    said = Conversation(world.call).say("run site.cad").splitlines()
    assert said[:3] == ["line 1  show version", "busmeister 0.1.0", "line 2  show presets"]
    assert said[3].startswith("preset")
    assert said[-1] == "OK 2 commands done"
    data = order(world, "run site.cad").as_data()
    assert isinstance(data, list)
    assert [one["command"] for one in data] == ["show version", "show presets"]


def test_first_error_ends_it_names_its_line_and_says_what_stays(world: World) -> None:
    put(world, "set bus.baud_rate=300", "meter show 99999999", "set bus.baud_rate=600")
    with pytest.raises(RefusedError) as refused:
        order(world, "run site.cad")
    assert refused.value.sentence == "line 2: No meter matches 99999999. What came before it stays: 1 command."
    assert refused.value.kind is Kind.NOT_FOUND
    assert world.settings.bus.baud_rate == 300


def test_errors_are_passed_over_where_that_is_wanted(world: World) -> None:
    put(world, "set bus.baud_rate=7", "meter lits", "meter show 99999999", "set bus.baud_rate=600")
    answer = order(world, "run site.cad on_error=continue")
    assert answer.sentence == "1 command done, 3 failed"
    assert [line.partition(":")[0] for line in shown(answer)] == ["line 1", "line 2", "line 3", "line 4  set"]
    assert world.settings.bus.baud_rate == 600


def test_long_orders_of_a_file_are_waited_for(world: World) -> None:
    world.store.meters.add(Meter(id=1, name="Flat 12"))
    order(world, "meter set id=1 secondary_address=10473002")
    world.engine.answers["10473002"] = water_meter("10473002")
    put(world, "meter read id=1", "show meter id=1")
    assert any("412.307" in line for line in shown(order(world, "run site.cad")))


def test_file_that_is_broken_off_tells_what_was_done(world: World) -> None:
    put(world, "log note begun", "wait 10h", "log note never")
    running = started(world.call, "run site.cad")
    assert running.job is not None
    while not (waiting := [job for job in world.hub.jobs.running() if job.name == "wait"]):
        running.job.wait(0.01)
    running.job.cancel()
    assert finished(running).sentence == "2 commands done"
    assert running.job.state is JobState.CANCELLED
    assert waiting[0].ended


def test_check_tells_everything_and_does_nothing(world: World) -> None:
    put(
        world,
        "set segment.roof.url=serial:///dev/ttyUSB1",
        "show version",
        "set bus.baud_rate=7",
        "restart",
        "log note hello",
        "set segment.roof.baud_rate=300",
    )
    answer = order(world, "run site.cad check=true")
    assert answer.sentence == "4 commands, 2 errors"
    assert cells(answer, "line") == [1, 2, 3, 4, 5, 6]
    assert cells(answer, "command") == ["set", "show version", "ERROR", "ERROR", "log note", "set"]
    assert "roof" not in world.settings.segment
    assert order(world, "log list text=hello").table.rows == []  # type: ignore[union-attr]  # it has one


def test_check_of_a_sound_file_says_what_would_change(world: World) -> None:
    put(world, "set bus.baud_rate=300", "show version", "unset bus.baud_rate")
    answer = order(world, "run site.cad check=true")
    assert answer.sentence == "3 commands, no errors"
    assert cells(answer, "would")[0] == "bus.baud_rate: 300 Bd"
    assert world.settings.bus.baud_rate == 2400


def test_changes_of_a_file_are_in_the_audit_trail(world: World) -> None:
    put(world, "set bus.baud_rate=300", "show version", "set bus.baud_rate=7")
    with pytest.raises(RefusedError):
        order(world, "run site.cad")
    assert audited(world) == ["run file=site.cad", "set bus.baud_rate", "set", "run file=site.cad"]


def test_file_does_not_raise_its_level(world: World) -> None:
    put(world, "show version", "user list")
    with pytest.raises(RefusedError, match='line 2: "user list" needs level 3, this session has 1'):
        finished(started(world.person(1), "run site.cad"))
    put(world, "set bus.baud_rate=300")
    with pytest.raises(RefusedError, match=r"bus\.baud_rate needs level 3, this session has 2"):
        finished(started(world.person(2), "run site.cad"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("enable 3", '"enable" is not taken from a file'),
        ("run site.cad", '"run" has no place in a file that is run'),
        ("disable", '"disable" has no place'),
        ("bus watch", '"bus watch" follows what happens: a file has no end of it'),
        ("shutdown", "shutdown.* asks first"),
        ("sh ver", 'In a file words are written in full: "show", not "sh"'),
    ],
)
def test_what_has_no_place_in_a_file_is_refused(world: World, line: str, reason: str) -> None:
    put(world, line)
    with pytest.raises(RefusedError, match=f"line 1: .*{reason}"):
        order(world, "run site.cad")


def test_only_text_of_the_repository_is_run(world: World) -> None:
    world.parts.files.mkdir(exist_ok=True)
    (world.parts.files / "noise.cad").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RefusedError, match=r"noise\.cad is no file of commands: it is not UTF-8 text"):
        order(world, "run noise.cad")
    for name in ("nothing.cad", "../keyfile"):
        with pytest.raises(RefusedError):
            order(world, f"run {name}")
