"""Log lines: their form, what they never show, and that they never hold anybody up."""

from __future__ import annotations

import io
import json
import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import log as module
from appliance.clock import VirtualClock
from appliance.flood_guard import FloodGuard, LeftOut
from appliance.log import Entry, JournalHandler, Output, Secrets, Severity, escaped, set_up, stream, under_journald


@pytest.fixture
def target() -> io.StringIO:
    return io.StringIO()


def lines(target: io.StringIO) -> list[str]:
    return target.getvalue().splitlines()


def test_line_says_when_how_bad_where_and_what(target: io.StringIO) -> None:
    set_up(target=target)
    stream("bus").warning("segment %s: no answer", "main")
    (line,) = lines(target)
    when, rest = line[:20], line[20:]
    assert datetime.strptime(when, "%Y-%m-%d %H:%M:%SZ").replace(tzinfo=UTC) <= datetime.now(UTC)
    assert rest == " warning bus: segment main: no answer"


def test_json_line_has_the_same_parts(target: io.StringIO) -> None:
    set_up(output=Output.JSON, target=target)
    stream("service.modbus").error('port "502" is taken: %s °C', 21)
    (line,) = lines(target)
    parts = json.loads(line)
    assert parts.pop("time").endswith("Z")
    assert parts == {"severity": "error", "source": "service.modbus", "message": 'port "502" is taken: 21 °C'}


def test_nothing_is_written_where_the_output_is_off(target: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    set_up(output=Output.OFF, target=target)
    stream("bus").error("short circuit")
    assert lines(target) == []
    assert capfd.readouterr().err == ""


def test_entries_below_the_severity_are_not_written(target: io.StringIO) -> None:
    set_up(Severity.WARNING, target=target)
    for severity in Severity:
        stream("bus").log(severity.level, severity.name)
    assert [line.rsplit(" ", 1)[1] for line in lines(target)] == ["WARNING", "ERROR"]


def test_set_up_again_replaces_what_it_did_before(target: io.StringIO) -> None:
    set_up(target=io.StringIO())
    set_up(output=Output.JSON, target=target)
    stream("bus").info("once")
    assert len(lines(target)) == 1


def test_the_root_log_of_python_is_left_alone(target: io.StringIO) -> None:
    before = logging.getLogger().handlers[:]
    set_up(target=target)
    assert logging.getLogger().handlers == before


def test_journald_reads_the_priority_from_each_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "journal").open("w+") as journal:
        facts = os.fstat(journal.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{facts.st_dev}:{facts.st_ino}")
        set_up(Severity.DEBUG, target=journal)
        for severity in Severity:
            stream("bus").log(severity.level, severity.name)
        try:
            raise ValueError("two\nlines")
        except ValueError:
            stream("store").exception("failed")
        journal.seek(0)
        written = journal.read().splitlines()
    assert written[:4] == ["<7>bus: DEBUG", "<6>bus: INFO", "<4>bus: WARNING", "<3>bus: ERROR"]
    assert written[4] == "<3>store: failed"
    assert all(line.startswith("<3>") for line in written[4:])


def test_terminal_is_not_taken_for_the_journal(tmp_path: Path, target: io.StringIO) -> None:
    with (tmp_path / "file").open("w") as file:
        assert not under_journald(file, {})
        assert not under_journald(file, {"JOURNAL_STREAM": "1:2"})
    assert not under_journald(target, {"JOURNAL_STREAM": "1:2"})


def test_secret_is_dots_in_line_trace_and_url(target: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = Secrets()
    monkeypatch.setattr(module, "secrets", secrets)
    secrets.add("pa ss/word")
    set_up(target=target)
    stream("service.mail").info("login with %s at ftp://me:%s@host", "pa ss/word", "pa%20ss%2Fword")
    try:
        raise ValueError("refused: pa ss/word")
    except ValueError:
        stream("service.mail").exception("failed")
    text = target.getvalue()
    assert "word" not in text
    assert "login with •••••••• at ftp://me:••••••••@host" in text
    assert "ValueError: refused: ••••••••" in text


def test_short_value_is_no_secret_that_could_be_hidden() -> None:
    secrets = Secrets()
    secrets.add("a")
    assert secrets.hide("a meter") == "a meter"


def test_control_characters_of_strangers_are_escaped_on_one_line(target: io.StringIO) -> None:
    set_up(target=target)
    stream("console").info("login of %s", "root\n2026-11-21 error store: gone\x1b[2J\u2028")
    (line,) = lines(target)
    assert line.endswith(r"login of root\n2026-11-21 error store: gone\x1b[2J\u2028")


@given(st.text())
def test_clean_text_is_one_printable_line(text: str) -> None:
    assert len(escaped(text).splitlines()) <= 1
    assert "\x1b" not in escaped(text)


def test_same_text_comes_once_a_minute_then_how_often_it_was_left_out(target: io.StringIO, clock: VirtualClock) -> None:
    set_up(target=target, monotonic=clock.monotonic)
    for _ in range(5):
        stream("bus").warning("no answer")
    stream("bus").warning("something else")
    clock.advance(seconds=60)
    stream("bus").warning("no answer")
    messages = [line.split(": ", 1)[1] for line in lines(target)]
    assert messages == ["no answer", "something else", "no answer (left out 4 times)", "no answer"]


def test_octets_of_the_wire_are_never_left_out(target: io.StringIO) -> None:
    set_up(Severity.DEBUG, target=target)
    for _ in range(3):
        stream("wire").debug("main -> 10 5B 01 5C 16")
    assert len(lines(target)) == 3


def test_mistake_in_a_log_call_stops_nobody(target: io.StringIO) -> None:
    set_up(target=target)
    stream("bus").info("%d meters", "many")
    assert "%d meters ('many',)" in target.getvalue()


def test_log_survives_that_nobody_reads_it(target: io.StringIO) -> None:
    set_up(target=target)
    target.close()
    stream("bus").info("nobody hears")


# The flood guard


def test_guard_lets_the_same_text_of_another_source_through() -> None:
    guard = FloodGuard()
    assert [guard.admit(source, "no answer", 0) for source in ("main", "main", "cellar")] == [True, False, True]


def test_guard_tells_what_it_held_back_when_the_interval_is_over_and_only_once() -> None:
    guard = FloodGuard(interval=60)
    for second in range(10):
        guard.admit("main", "no answer", second)
    assert guard.left_out(59) == []
    assert guard.left_out(60) == [LeftOut("main", "no answer", 9)]
    assert guard.left_out(60) == []


def test_guard_with_interval_zero_is_off() -> None:
    guard = FloodGuard(interval=0)
    assert all(guard.admit("main", "no answer", 0) for _ in range(3))


def test_guard_remembers_no_more_than_its_limit_and_loses_no_count() -> None:
    guard = FloodGuard(limit=100)
    told = 0
    for number in range(1000):
        told += sum(left_out.count for left_out in guard.left_out(0))
        guard.admit("main", f"text {number}", 0)
        guard.admit("main", f"text {number}", 0)
        assert len(guard._seen) <= 100
    assert told + sum(left_out.count for left_out in guard.left_out(60)) == 1000


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 50)), max_size=60))
def test_every_text_is_either_let_through_or_counted(steps: list[tuple[str, int]]) -> None:
    guard, now, through, counted = FloodGuard(), 0, 0, 0
    for text, seconds in steps:
        now += seconds
        counted += sum(left_out.count for left_out in guard.left_out(now))
        through += guard.admit("main", text, now)
    counted += sum(left_out.count for left_out in guard.left_out(now + 60))
    assert through + counted == len(steps)


# Handing entries to the store's journal


def test_entries_reach_the_journal_in_their_order_and_clean() -> None:
    set_up(output=Output.OFF)
    taken: list[Entry] = []
    handler = JournalHandler(taken.append)
    stream("bus").info("one\n")
    stream("store").error("two")
    handler.close()
    assert [(entry.severity, entry.source, entry.message) for entry in taken] == [
        (Severity.INFO, "bus", r"one\n"),
        (Severity.ERROR, "store", "two"),
    ]
    assert taken[0].created <= taken[1].created


def test_journal_keeps_where_a_mistake_arose_and_no_values_of_anybody() -> None:
    set_up(output=Output.OFF)
    taken: list[Entry] = []
    handler = JournalHandler(taken.append)
    try:
        json.loads("pumpernickel")
    except ValueError:
        stream("dashboard").exception("The dashboard ended by a mistake.")
    handler.close()
    (entry,) = taken
    before = "The dashboard ended by a mistake. JSONDecodeError in test_journal_keeps_where_a_mistake_arose"
    assert entry.message.startswith(before)
    assert "raw_decode (decoder.py " in entry.message
    assert "pumpernickel" not in entry.message


def test_journal_that_hangs_holds_nobody_up_and_the_missing_entries_are_told() -> None:
    set_up(output=Output.OFF)
    busy, go_on = threading.Event(), threading.Event()
    taken: list[Entry] = []

    def take(entry: Entry) -> None:
        busy.set()
        go_on.wait()
        taken.append(entry)

    handler = JournalHandler(take, limit=3)
    stream("bus").info("0")
    busy.wait()
    for number in range(1, 11):
        stream("bus").info("%d", number)
    go_on.set()
    handler.close()
    messages = [entry.message for entry in taken]
    assert [message for message in messages if message.isdecimal()] == ["0", "1", "2", "3"]
    assert "7 log entries are missing here: the journal could not take them." in messages


def test_what_the_journal_logs_itself_does_not_come_back_to_it() -> None:
    set_up(output=Output.OFF)
    taken: list[str] = []
    has_logged = threading.Event()

    def take(entry: Entry) -> None:
        taken.append(entry.message)
        stream("store").info("took %s", entry.message)
        has_logged.set()

    handler = JournalHandler(take)
    stream("bus").info("one")
    has_logged.wait()
    stream("bus").info("two")
    handler.close()
    assert taken == ["one", "two"]


def test_journal_that_fails_gets_the_next_entry_all_the_same() -> None:
    set_up(output=Output.OFF)
    taken: list[str] = []

    def take(entry: Entry) -> None:
        if entry.message == "one":
            raise OSError("disk full")
        taken.append(entry.message)

    handler = JournalHandler(take)
    stream("bus").info("one")
    stream("bus").info("two")
    handler.close()
    assert taken == ["two", "1 log entries are missing here: the journal could not take them."]


def test_closed_journal_takes_nothing_and_closing_twice_is_harmless() -> None:
    set_up(output=Output.OFF)
    taken: list[Entry] = []
    handler = JournalHandler(taken.append)
    handler.close()
    handler.close()
    stream("bus").info("late")
    assert taken == []


def test_journal_stays_when_the_output_changes(target: io.StringIO) -> None:
    set_up(output=Output.OFF)
    taken: list[Entry] = []
    handler = JournalHandler(taken.append)
    set_up(target=target)
    stream("bus").info("one")
    handler.close()
    assert len(taken) == len(lines(target)) == 1


@pytest.mark.parametrize(
    ("level", "severity"),
    [(5, Severity.DEBUG), (10, Severity.DEBUG), (20, Severity.INFO), (30, Severity.WARNING), (50, Severity.ERROR)],
)
def test_levels_of_python_are_severities(level: int, severity: Severity) -> None:
    assert Severity.of(level) is severity
