"""How times, lengths of time and states are written on every screen."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from appliance.meters.selection import Status
from appliance.operations.glances import Glance
from tui.draw import cut
from tui.text import _
from tui.words import FLAG, NEVER, OK, PASSIVE, SILENT, Mark

MARK_OF = {
    Status.OK: OK,
    Status.ERROR: FLAG,
    Status.FAILED: SILENT,
    Status.SILENT: SILENT,
    Status.NEVER: NEVER,
}
LENGTHS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
SHORTER = {"heat cost allocator": "allocator", "heat and cooling": "heat + cool"}
PRESET = re.compile(r"(\d+)(s|min|h)")
SMALL_FIGURES = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
WORRY = (SILENT, FLAG, NEVER, OK, PASSIVE)


def mark_of(glance: Glance) -> Mark:
    """The symbol of a meter."""
    return MARK_OF[glance.status] if glance.meter.active else PASSIVE


def when(moment: datetime, now: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """Today the time, this week the day, this year the date, else the date with its year."""
    there, today = moment.astimezone(zone), now.astimezone(zone)
    if there.date() == today.date():
        return f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"
    if timedelta() <= today - there < timedelta(days=6):
        return f"{there:%a %H:%M}"
    return f"{there:%d.%m. %H:%M}" if there.year == today.year else f"{there:%d.%m.%Y}"


def coming(moment: datetime, now: datetime) -> str:
    """`in 13 min 53 s`."""
    return _("in {}").format(length((moment - now).total_seconds()))


def length(seconds: float) -> str:
    """`312 ms`, `1.6 s`, `1 min 38 s`, `2 h`."""
    if seconds < 1:
        return f"{max(0, round(seconds * 1000))} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    (unit, size), (smaller, part) = next(pair for pair in pairwise(LENGTHS) if whole >= pair[0][1])
    rest = whole % size // part
    return f"{whole // size} {unit} {rest} {smaller}" if rest else f"{whole // size} {unit}"


def unit_text(unit: str) -> str:
    """With its small figure."""
    return unit.replace("m3", "m³")


def power_text(exponent: int) -> str:
    """`10⁻³`."""
    return f"10{str(exponent).translate(SMALL_FIGURES)}"


def medium_text(medium: str, cells: int) -> str:
    """In at most so many cells: of the media of a building that are longer, a shorter word."""
    return medium if len(medium) <= cells else cut(SHORTER.get(medium, medium), cells)


def cycle_text(schedule: str) -> str:
    """`15 min` of the preset `15min`; a pattern as it is."""
    preset = PRESET.fullmatch(schedule)
    return f"{preset[1]} {preset[2]}" if preset else schedule
