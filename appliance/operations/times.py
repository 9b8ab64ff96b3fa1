"""Times as people read them, in the zone of the appliance."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appliance.operations.answer import Cell


def local(moment: datetime | None, zone: ZoneInfo) -> Cell:
    """`2026-11-21 10:15:04`; UTC with a Z for programs."""
    if moment is None:
        return Cell(None, "–")
    return Cell(moment, f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}")


def ago(then: datetime, now: datetime) -> str:
    """`41 s`, `3 min`, `2 h`, `4 d`: one unit, floored."""
    return span(now - then)


def span(length: timedelta) -> str:
    """The same of a length of time."""
    return span_of_seconds(length.total_seconds())


def span_of_seconds(seconds: float) -> str:
    """The same of seconds."""
    seconds = max(0, int(seconds))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
