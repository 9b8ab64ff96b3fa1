"""Log streams by subject: `busmeister.wire`, `.bus`, `.meters`, `.store`, `.console`, `.service.<name>`.

Wire has the octets both ways (debug); info is what an operator wants on a quiet day: starts, ends, recoveries,
changes with who. Lines go to standard error for the host's journal, entries to the store's journal. Values that
were made known as secret come out as dots in both, control characters as escapes.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Final, TextIO
from urllib.parse import quote

from appliance.flood_guard import FloodGuard

ROOT: Final = "busmeister"
DOTS: Final = "••••••••"
DEEPEST: Final = 6  # calls of a trace that an entry of the journal keeps, the innermost ones
SHORTEST_SECRET: Final = 4  # hiding a shorter one would dot half of every line
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Severity(IntEnum):
    """How much an entry matters, with the numbers of `log.severity`."""

    DEBUG = -1
    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def level(self) -> int:
        """The level of Python's logging."""
        return (self + 2) * 10

    @classmethod
    def of(cls, level: int) -> Severity:
        """From a level of Python's logging."""
        return cls(max(cls.DEBUG, min(cls.ERROR, level // 10 - 2)))


JOURNALD_PRIORITIES: Final = {Severity.DEBUG: 7, Severity.INFO: 6, Severity.WARNING: 4, Severity.ERROR: 3}


class Output(StrEnum):
    """Form of the lines on standard error."""

    TEXT = "text"
    JSON = "json"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log, clean of secrets and control characters."""

    created: datetime
    severity: Severity
    source: str
    message: str


class Secrets:
    """Values that no line may show."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def add(self, value: str) -> None:
        """From now on it is shown as dots, also as a URL writes it."""
        if len(value) >= SHORTEST_SECRET:
            self._values |= {value, quote(value, safe="")}

    def hide(self, text: str) -> str:
        """The text with every secret as dots."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, DOTS)
        return text


secrets: Final = Secrets()


def stream(subject: str) -> logging.Logger:
    """The stream of a subject, such as `bus` or `service.modbus`."""
    return logging.getLogger(f"{ROOT}.{subject}")


def set_up(
    severity: Severity = Severity.INFO,
    output: Output = Output.TEXT,
    target: TextIO | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Write entries of at least this severity to standard error; called again, it replaces what it did before."""
    root = logging.getLogger(ROOT)
    root.setLevel(severity.level)
    root.propagate = False
    for handler in [handler for handler in root.handlers if isinstance(handler, LineHandler | logging.NullHandler)]:
        root.removeHandler(handler)
    if output is Output.OFF:
        root.addHandler(logging.NullHandler())  # without any handler Python would write to standard error by itself
    else:
        root.addHandler(LineHandler(target or sys.stderr, output, FloodGuard(), monotonic))


def entry_of(record: logging.LogRecord) -> Entry:
    """A record of Python's logging as an entry."""
    try:
        message = record.getMessage()
    except Exception:  # noqa: BLE001 - a mistake in a log call must not stop whoever logs
        message = f"{record.msg} {record.args!r}"
    source = record.name.removeprefix(f"{ROOT}.")
    created = datetime.fromtimestamp(record.created, UTC)
    return Entry(created, Severity.of(record.levelno), source, escaped(secrets.hide(message)))


def trail(error: BaseException) -> str:
    """`KeyError in load (page.py 210), row_of (rows.py 31)`: where a mistake arose, without values of anybody."""
    frames = list(traceback.walk_tb(error.__traceback__))[-DEEPEST:]
    places = (f"{frame.f_code.co_name} ({Path(frame.f_code.co_filename).name} {line})" for frame, line in frames)
    return f"{type(error).__name__} in {', '.join(places)}"


def escaped(text: str) -> str:
    """The text on one line: what would steer a terminal or turn the writing direction is shown as escapes."""
    return CONTROLS.sub(lambda match: ascii(match.group())[1:-1], text)


def under_journald(target: TextIO, environment: Mapping[str, str] | None = None) -> bool:
    """Whether `target` is systemd's journal, which tells its device and inode in JOURNAL_STREAM."""
    try:
        facts = os.fstat(target.fileno())
    except (OSError, ValueError):
        return False
    told = (os.environ if environment is None else environment).get("JOURNAL_STREAM")
    return told == f"{facts.st_dev}:{facts.st_ino}"


class LineHandler(logging.Handler):
    """Writes a line per entry, as text or JSON; the same text at most once a minute, except octets of the wire."""

    def __init__(self, target: TextIO, output: Output, guard: FloodGuard, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._target = target
        self._guard = guard
        self._monotonic = monotonic
        if output is Output.JSON:
            self._form: Callable[[Entry, str], str] = json_line
        else:
            self._form = journald_lines if under_journald(target) else text_lines

    def emit(self, record: logging.LogRecord) -> None:
        try:
            for line in self._lines(record):
                self._target.write(line + "\n")
            self._target.flush()
        except (OSError, ValueError):  # nobody reads standard error any more: there is no other place to say so
            return

    def _lines(self, record: logging.LogRecord) -> list[str]:
        entry = entry_of(record)
        now = self._monotonic()
        lines = [
            self._form(Entry(entry.created, Severity.INFO, left_out.source, str(left_out)), "")
            for left_out in self._guard.left_out(now)
        ]
        if entry.severity is Severity.DEBUG or self._guard.admit(entry.source, entry.message, now):
            trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            lines.append(self._form(entry, secrets.hide(trace)))
        return lines


def text_lines(entry: Entry, trace: str) -> str:
    """For a person at a terminal."""
    head = f"{entry.created:%Y-%m-%d %H:%M:%SZ} {entry.severity.name.lower():<7} {entry.source}: {entry.message}"
    return "\n    ".join([head, *map(escaped, trace.splitlines())])


def journald_lines(entry: Entry, trace: str) -> str:
    """For systemd's journal, which has the time and reads the priority from each line."""
    mark = f"<{JOURNALD_PRIORITIES[entry.severity]}>"
    return "\n".join(mark + line for line in [f"{entry.source}: {entry.message}", *map(escaped, trace.splitlines())])


def json_line(entry: Entry, trace: str) -> str:
    """For a collector of logs."""
    parts = {
        "time": entry.created.isoformat().replace("+00:00", "Z"),
        "severity": entry.severity.name.lower(),
        "source": entry.source,
        "message": entry.message,
    }
    return json.dumps(parts | ({"trace": trace} if trace else {}), ensure_ascii=False)


class JournalHandler(logging.Handler):
    """Hands entries to the store's journal from a thread of its own, so that whoever logs never waits for the disk.

    A journal that cannot keep up costs entries, which are counted and told. What the journal itself logs while it
    takes an entry is not handed to it again.
    """

    def __init__(self, take: Callable[[Entry], None], limit: int = 1000) -> None:
        super().__init__()
        self._take = take
        self._entries: queue.Queue[Entry | None] = queue.Queue(limit)
        self._dropped = 0
        self._thread = threading.Thread(target=self._hand_over, name="journal", daemon=True)
        self._thread.start()
        logging.getLogger(ROOT).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if threading.current_thread() is self._thread:
            return
        try:
            self._entries.put_nowait(_with_trail(record))
        except queue.Full:
            self._dropped += 1

    def close(self) -> None:
        """Hand over what waits, for a few seconds at most, and end."""
        logging.getLogger(ROOT).removeHandler(self)
        if self._thread.is_alive():
            try:
                self._entries.put(None, timeout=5)
            except queue.Full:  # the journal hangs: what it has not taken by now is on standard error
                return
            self._thread.join(timeout=5)
        super().close()

    def _hand_over(self) -> None:
        while (entry := self._entries.get()) is not None:
            try:
                self._take(entry)
                self._tell_dropped(entry)
            except Exception:  # noqa: BLE001 - a journal that fails must not end the log; the line is on stderr
                self._dropped += 1

    def _tell_dropped(self, entry: Entry) -> None:
        if dropped := self._dropped:
            self._dropped -= dropped
            message = f"{dropped} log entries are missing here: the journal could not take them."
            self._take(Entry(entry.created, Severity.WARNING, "store", message))


def _with_trail(record: logging.LogRecord) -> Entry:
    """The trace itself is on standard error, which nobody may be reading."""
    entry, error = entry_of(record), record.exc_info[1] if record.exc_info else None
    return entry if error is None else replace(entry, message=f"{entry.message} {escaped(trail(error))}")
