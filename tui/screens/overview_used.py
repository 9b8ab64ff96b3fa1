"""The lines of the first screen about what was used today, against the same hours of yesterday."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from appliance.meters.selection import medium_of
from appliance.meters.units import friendly
from appliance.operations.days import HOUR, Day, difference, midnight
from appliance.operations.glances import Glance
from tui.draw import EMPTY, Line, line, right
from tui.shown import medium_text
from tui.widgets.marks import spark
from tui.words import FLAG

AMBER_FROM: Final = 30  # per cent more or less than yesterday


def used_lines(glances: Iterable[Glance], days: Mapping[int, Day], now: datetime, zone: ZoneInfo) -> list[Line]:
    """Per medium: bars by hour, the sum of today, against the same hours of yesterday."""
    media: dict[tuple[str, str], list[Day]] = defaultdict(list)
    for one in glances:
        if one.meter.id in days and one.unit and one.meter.active:
            media[medium_of(one.meter), one.unit].append(days[one.meter.id])
    ordered = sorted(media.items(), key=lambda item: -len(item[1]))
    return [_used(medium, unit, some, midnight(now, zone)) for (medium, unit), some in ordered]


def _used(medium: str, unit: str, some: Sequence[Day], begin: int) -> Line:
    hour = some[0].hour
    hours = [
        _sum(some, start, start + HOUR) if start < hour else None for start in range(begin, begin + 24 * HOUR, HOUR)
    ]
    today = _sum(some, begin, hour)
    before = _sum(some, begin - 24 * HOUR, hour - 24 * HOUR)
    value = friendly(today, unit) if today is not None else None
    number = line(((value.number if value else "–"), "strong"))
    unit_text = (value.unit if value else "").replace("m3", "m³")
    return (
        *line(f" {medium_text(medium, 12):12} "),
        *spark(hours),
        *right(number, 12),
        *line((f" {unit_text:4}", "grey")),
        *_against(today, before),
    )


def _sum(some: Sequence[Day], since: int, until: int) -> Decimal | None:
    amounts = [difference(day.at(since), day.at(until)) for day in some]
    known = [amount for amount in amounts if amount is not None]
    return sum(known[1:], known[0]) if known else None  # a zero before them would add digits nobody measured


def _against(today: Decimal | None, before: Decimal | None) -> Line:
    if today is None or not before:
        return EMPTY
    more = round((today - before) / before * 100)
    sign = "+" if more >= 0 else "-"
    if abs(more) < AMBER_FROM:
        return line((f"    {sign} {abs(more)} %", "grey"))
    return line((f"  {FLAG.symbol} {sign} {abs(more)} %", "flag"))
