"""The system log for views that draw it: entries as they are, repetitions joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from appliance.log import Entry, Severity
from appliance.operations.call import Call
from appliance.operations.entries import entries
from appliance.operations.glances import glances
from appliance.operations.to_do import ToDo, to_do

PAGE: Final = 200  # entries asked for at once
LOOK_BACK: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Said:
    """An entry, and how often it came in a row."""

    entry: Entry
    times: int
    first: datetime


@dataclass(frozen=True, slots=True)
class LogView:
    """What still stands, and what happened, newest first."""

    standing: tuple[ToDo, ...]
    said: tuple[Said, ...]


def log_view(
    call: Call,
    *,
    severity: Severity = Severity.INFO,
    source: str = "",
    text: str = "",
    since: timedelta = LOOK_BACK,
    count: int = PAGE,
) -> LogView:
    """The newest entries of a month, or of a shorter time."""
    call.need_level(1, "the log")
    now = call.now()
    until = now + timedelta(days=1)
    found = entries(call, now - since, until, severity=severity, source=source, text=text, count=count)
    return LogView(to_do(call, glances(call)), joined(found))


def joined(found: Sequence[Entry]) -> tuple[Said, ...]:
    """Entries that say the same one after another are one."""
    said: list[Said] = []
    for entry in found:
        last = said[-1] if said else None
        if last and (last.entry.source, last.entry.message) == (entry.source, entry.message):
            said[-1] = Said(last.entry, last.times + 1, entry.created)
        else:
            said.append(Said(entry, 1, entry.created))
    return tuple(said)
