"""Sessions: plain answers for scripts, progress and breaking off for people, and nothing a paste could break."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from appliance.errors import Cancelled, Kind
from appliance.events import BusTraffic, Direction
from appliance.hub import Job
from appliance.mbus.recording import read_recording
from appliance.meters.meter import Meter
from appliance.operations import Answer
from appliance.operations.all import registry
from appliance.operations.operation import operation
from appliance.operations.registry import Registry
from console.session import Session, progress_of
from tests.console.dialogues import Conversation, Paper
from tests.operations.world import World


def until(condition: Callable[[], object]) -> None:
    """Wait for another thread; the test's own time-out ends what never comes."""
    while not condition():
        threading.Event().wait(0.001)


def traffic(world: World, segment: str = "main") -> BusTraffic:
    return BusTraffic(segment, world.clock.now(), Direction.SENT, b"\x10\x40\x01\x41\x16", "SND_NKE 1")


def test_plain_answer_ends_with_exactly_one_ok_line(world: World) -> None:
    conversation = Conversation(world.call)
    assert conversation.say("show version") == "busmeister 0.1.0\nOK"
    assert conversation.say("set bus.baud_rate=300") == "OK"
    assert conversation.say("set bus.baud_rate=301").startswith("ERROR bus.baud_rate takes")
    assert conversation.say("") == conversation.say("# nothing") == ""


def test_other_lines_never_begin_with_ok_or_error(world: World) -> None:
    world.store.meters.add(Meter(id=0, name="OK", primary_address=1), Meter(id=0, name="ERROR 7", primary_address=2))
    conversation = Conversation(world.call)
    for line in conversation.say("meter show primary=2").splitlines()[:-1]:
        assert not line.startswith(("OK", "ERROR"))
    assert conversation.say("meter show primary=1").startswith(" OK")


def test_answer_in_json_is_one_value_on_one_line(world: World) -> None:
    conversation = Conversation(world.call)
    for row in registry().operations:
        if row.shows and row.words[-1] != "watch" and row.name not in ("quit", "help"):
            value, end = conversation.say(f"{row.name} json").rsplit("\n", 1)
            assert end.startswith(("OK", "ERROR")), row.name
            assert isinstance(json.loads(value), dict | list | str | None), row.name


def test_error_in_json_has_kind_and_message(world: World) -> None:
    world.set_up()
    value, end = Conversation(world.person(0)).say("meter list json").splitlines()
    assert json.loads(value) == {"error": {"kind": "level", "message": '"meter list" needs level 1: login'}}
    assert end == 'ERROR "meter list" needs level 1: login'


def test_level_too_low_is_told_to_scripts(world: World) -> None:
    conversation = Conversation(world.person(2))
    assert conversation.say("segment add x tcp://a:1") == (
        'ERROR "segment add" needs level 3, this session has 2: enable 3'
    )
    assert conversation.outcome.kind is Kind.LEVEL


def test_control_characters_of_a_paste_are_removed(world: World) -> None:
    conversation = Conversation(world.call)
    conversation.say('set identity.name="cel\x1b[2Jlar"')
    assert conversation.session.prompt == "cel[2Jlar 3> "
    assert "\x1b" not in conversation.say("\x1b[A\x07nonsense\x9b")


def test_big_paste_leaves_the_session_alive(world: World) -> None:
    conversation = Conversation(world.call)
    assert conversation.say("x" * 300_000) == "ERROR The line is longer than 1024 octets and was not looked at."
    world.settings.set({"console.line_length": "256"}, "test")
    assert conversation.say("x" * 257).startswith("ERROR The line is longer than 256 octets")
    assert conversation.say("show version") == "busmeister 0.1.0\nOK"


@given(st.text(max_size=80))
@example("bus watch")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_any_line_has_an_answer(world: World, line: str) -> None:
    conversation = Conversation(world.person(1))
    conversation.session.hang_up()  # a line that follows the bus would be answered when somebody breaks it off
    said = conversation.say(line)
    assert conversation.outcome.kind is not Kind.INTERNAL
    assert said == "" or said.splitlines()[-1].startswith(("OK", "ERROR"))


def test_mistake_of_the_program_is_told_and_the_session_lives(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    world.engine.status = broken  # type: ignore[assignment,method-assign]  # the fault is seeded where it would arise
    conversation = Conversation(world.call)
    assert conversation.say("show segments").startswith("ERROR The program made a mistake")
    assert "ZeroDivisionError" in caplog.text
    assert conversation.say("show version") == "busmeister 0.1.0\nOK"


def test_live_traffic_is_followed_until_count(world: World) -> None:
    conversation = Conversation(world.call)
    said: list[str] = []
    follower = threading.Thread(target=lambda: said.append(conversation.say("bus watch main count=2")))
    follower.start()
    until(lambda: world.hub.wanted(BusTraffic))
    for segment in ("cellar", "main", "main"):
        world.hub.publish(traffic(world, segment))
    follower.join(10)
    line = "06:00:00.000 > 10 40 01 41 16   SND_NKE 1"
    assert said == [f"{line}\n{line}\nOK"]
    assert not world.hub.wanted(BusTraffic)


@pytest.mark.parametrize("end", ["interrupt", "hang_up"])
def test_live_traffic_ends_when_the_person_wants(world: World, end: str) -> None:
    conversation = Conversation(world.call)
    follower = threading.Thread(target=conversation.say, args=("bus watch json",))
    follower.start()
    until(lambda: world.hub.wanted(BusTraffic))
    getattr(conversation.session, end)()
    follower.join(10)
    assert not follower.is_alive()
    assert conversation.paper.lines == ["OK"]


def test_recorded_traffic_can_be_read_again(world: World) -> None:
    conversation = Conversation(world.call)
    recorder = threading.Thread(target=conversation.say, args=("bus record night/bus.txt",))
    recorder.start()
    until(lambda: world.hub.wanted(BusTraffic))
    world.hub.publish(traffic(world))
    until(lambda: any(job.sentence for job in world.hub.jobs.running()))
    conversation.session.interrupt()
    recorder.join(10)
    assert conversation.paper.lines == ["OK broken off; 1 bursts in night/bus.txt"]
    (burst,) = read_recording((world.parts.files / "night/bus.txt").read_text().splitlines())
    assert (burst.octets, burst.note) == (b"\x10\x40\x01\x41\x16", "SND_NKE 1")
    assert conversation.say("bus record night/bus.txt").startswith("ERROR There is a file night/bus.txt already")


class Slow:
    """An order that takes until it is let go."""

    def __init__(self) -> None:
        self.go: Future[None] = Future()
        self.job: Job | None = None

        @operation("dig", level=1, long=True)
        def dig(call: object, depth: int = 3) -> Answer:
            """Digs a hole."""
            self.job = call.job  # type: ignore[attr-defined]  # it is a Call; annotations here are strings
            assert self.job is not None
            self.job.on_cancel(lambda: self.go.set_exception(Cancelled("The hole was given up.")))
            self.job.report(1, depth, "first spade")
            self.go.result(10)
            return Answer(sentence=f"{depth} m")

        self.registry = Registry([dig])


def test_long_order_shows_its_progress_to_a_person_and_not_to_a_script(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.session.GLANCE", 0.01)
    for plain in (False, True):
        slow, paper = Slow(), Paper()
        session = Session(world.call, slow.registry, paper, plain=plain)
        worker = threading.Thread(target=session.run, args=("dig 5",))
        worker.start()
        while not (paper.progressed or (plain and slow.job is not None)):
            pass
        slow.go.set_result(None)
        worker.join(10)
        assert paper.lines == ["OK 5 m"]
        assert [line.split("  ")[:2] for line in paper.progressed[:1]] == ([] if plain else [["dig", "1 of 5"]])


def test_long_order_is_broken_off(world: World) -> None:
    slow, paper = Slow(), Paper()
    session = Session(world.call, slow.registry, paper, plain=True)
    worker = threading.Thread(target=session.run, args=("dig",))
    worker.start()
    until(lambda: slow.job is not None and slow.job.done > 0)
    session.interrupt()
    worker.join(10)
    assert paper.lines == ["ERROR The hole was given up."]


def test_file_ends_where_an_order_of_it_was_broken_off(world: World) -> None:
    conversation = Conversation(world.call)
    runner = threading.Thread(target=conversation.script, args=("bus record bus.txt\nshow version\n",))
    runner.start()
    until(lambda: world.hub.wanted(BusTraffic))
    conversation.session.interrupt()
    runner.join(10)
    assert conversation.paper.lines == ["OK broken off; 0 bursts in bus.txt"]
    assert conversation.outcome.kind is Kind.CANCELLED


def test_long_order_outlives_its_session(world: World) -> None:
    slow, paper = Slow(), Paper()
    session = Session(world.call, slow.registry, paper, plain=True)
    worker = threading.Thread(target=session.run, args=("dig",))
    worker.start()
    until(lambda: slow.job is not None)
    session.hang_up()
    worker.join(10)
    assert paper.lines == ["OK job 1 goes on"]
    assert world.hub.jobs.running() == (slow.job,)
    slow.go.set_result(None)
    assert world.hub.jobs.all()[0].wait(10)


def test_progress_tells_what_is_left(world: World) -> None:
    job = world.hub.jobs.open("meter read", "anna")
    job.report(0, 0, "")
    assert progress_of(job) == "meter read"
    world.clock.advance(seconds=12)
    job.report(12, 60, "Flat\x1b[31m 12")
    assert progress_of(job) == "meter read  12 of 60  about 48 s left  Flat[31m 12"


def test_help_lists_the_settings_of_a_subject(world: World) -> None:
    conversation = Conversation(world.person(0))
    said = conversation.say("help console").splitlines()
    assert said[0].split() == ["command", "level", "help"]
    assert ["set", "console.port=PORT", "3", "Its", "TCP", "port."] in [line.split() for line in said]


def test_help_shows_the_value_of_a_setting_only_to_those_who_logged_in(world: World) -> None:
    world.settings.set({"identity.location": "Cellar, house 3"}, "test")
    for form in ("", " json"):
        assert "Cellar" not in Conversation(world.person(0)).say(f"help identity.location{form}")
        assert "Cellar" in Conversation(world.person(1)).say(f"help identity.location{form}")


def test_setting_named_alone_is_asked_for(world: World) -> None:
    conversation = Conversation(world.call, plain=False)
    conversation.paper.answers = ["Cellar, house 3"]
    assert conversation.say("set identity.loc").splitlines()[0] == "New value (now empty): Cellar, house 3"
    assert world.settings.identity.location == "Cellar, house 3"
    assert Conversation(world.call).say("set bus.baud") == (
        'ERROR "set" takes bus.baud_rate=VALUE: 300, 600, 1200, 2400, 4800, 9600, 19200 or 38400 Bd'
    )


def test_word_like_none_leads_to_the_help_of_its_place(world: World) -> None:
    assert Conversation(world.call).say("show qqq") == 'ERROR Unknown command "show qqq". "help show" lists all.'


def test_pipe_stays_plain(world: World) -> None:
    conversation = Conversation(world.call, plain=True)
    assert conversation.say("script off") == "OK"
    assert conversation.say("show version") == "busmeister 0.1.0\nOK"


def test_somebody_new_is_not_logged_in(world: World) -> None:
    conversation = Conversation(replace(world.call, user="", level=0))
    assert conversation.say("whoami") == "nobody yet, level 0, by local test\nOK"
