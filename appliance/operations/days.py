"""The last two days of meters by the hour, for bars and for what was used today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from appliance.errors import TelegramError
from appliance.mbus.book import LayoutBook
from appliance.meters.main_value import main_record
from appliance.meters.units import exact
from appliance.operations.call import Call
from appliance.ports import Heard

HOURS: Final = 48
HOUR: Final = 3600  # seconds
Level = Decimal | None


@dataclass(frozen=True, slots=True)
class Day:
    """What the main counter of a meter showed at each full hour; None where no reading of that hour is there."""

    hour: int  # the last full hour, seconds UTC
    levels: tuple[Level, ...]  # HOURS + 1 of them, the oldest first

    def at(self, second: int) -> Level:
        """At a full hour."""
        index = HOURS - (self.hour - second) // HOUR
        return self.levels[index] if 0 <= index <= HOURS else None

    def used(self, since: int, until: int) -> Level:
        """Between two full hours."""
        return difference(self.at(since), self.at(until))


def difference(first: Level, last: Level) -> Level:
    """An amount; a counter that fell was exchanged or ran over, which is no amount."""
    if first is None or last is None or last < first:
        return None
    return last - first


def full_hour(moment: datetime, zone: ZoneInfo) -> int:
    """The last full hour of the clock on the wall."""
    return int(moment.astimezone(zone).replace(minute=0, second=0, microsecond=0).timestamp())


def midnight(moment: datetime, zone: ZoneInfo) -> int:
    """When the local day began."""
    return int(moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp())


def days(call: Call, meters: Iterable[int], hour: int) -> dict[int, Day]:
    """The two days before a full hour of some meters."""
    call.need_level(1, "readings")
    book = LayoutBook()
    return {meter: _day(call, book, meter, hour) for meter in meters}


def _day(call: Call, book: LayoutBook, meter: int, hour: int) -> Day:
    begin = hour - HOURS * HOUR
    last: list[Heard | None] = [None] * (HOURS + 1)
    for heard in call.parts.store.readings.between(meter, begin - HOUR + 1, hour):
        last[-(-(heard.slot - begin) // HOUR)] = heard  # the last one up to each full hour stays
    return Day(hour, tuple(None if heard is None else _level(book, heard) for heard in last))


def _level(book: LayoutBook, heard: Heard) -> Level:
    try:
        record = main_record(book.decode(heard.telegrams[0]))
    except TelegramError:
        return None
    return exact(record) if record else None
