"""The past of one meter's series as a picture needs it: curves that keep their peaks, and amounts between moments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

from appliance.errors import TelegramError
from appliance.mbus.book import LayoutBook
from appliance.mbus.records import Record
from appliance.meters.units import exact
from appliance.operations.call import Call
from appliance.operations.days import difference
from appliance.ports import Heard

GAP_FACTOR: Final = 2.5  # times the usual interval after which a reading counts as missing
Address = tuple[str, str, int, int, int]
"""What tells a record from the others of its meter: quantity, function, storage, tariff, subunit."""
Point = tuple[int, Decimal]
"""Slot in seconds UTC, and the exact value in the base unit."""


@dataclass(frozen=True, slots=True)
class Extremes:
    """Of all readings, also of those that a picture leaves out."""

    least: Decimal
    mean: Decimal  # with the digits of the values
    most: Decimal
    most_at: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A series over a time."""

    unit: str = ""
    runs: tuple[tuple[Point, ...], ...] = ()  # points without a gap between them
    gaps: tuple[tuple[int, int], ...] = ()  # slots before and after each gap
    extremes: Extremes | None = None

    def near(self, second: int, within: int) -> Point | None:
        """The reading nearest to a moment, where one is near enough."""
        points = [point for run in self.runs for point in run if abs(point[0] - second) <= within]
        return min(points, key=lambda point: abs(point[0] - second), default=None)


def address_of(record: Record) -> Address:
    """Which series a record belongs to."""
    return (record.quantity, str(record.function), record.storage, record.tariff, record.subunit)


def curve(call: Call, number: int, address: Address, since: int, until: int, columns: int) -> Curve:
    """One series between two moments; of each of so many columns the least and the most value."""
    call.need_level(1, "readings")
    unit, points = points_of(call, number, address, since, until)
    gaps = gaps_of(points) if call.parts.settings.series.gap_mark else ()
    width = max(1, (until - since) // max(1, columns))
    runs = tuple(tuple(_peaks(run, since, width)) for run in _runs(points, gaps))
    return Curve(unit, runs, gaps, _extremes(points))


def amounts(call: Call, number: int, address: Address, edges: Sequence[int]) -> tuple[Decimal | None, ...]:
    """What a counter rose between each two moments; None where no reading is there in the time before one."""
    call.need_level(1, "readings")
    book = LayoutBook()
    widths = [after - before for before, after in pairwise(edges)]
    levels = [
        _level(call, book, number, address, edge, width)
        for edge, width in zip(edges, [*widths[:1], *widths], strict=True)
    ]
    return tuple(difference(first, last) for first, last in pairwise(levels))


def points_of(call: Call, number: int, address: Address, since: int, until: int) -> tuple[str, list[Point]]:
    """Unit and values of a series; the first record of a reading that is of the series counts."""
    unit, found = "", dict[int, Decimal]()
    for block in call.parts.store.readings.values(number, since, until):
        records = [Record(index, meaning, None, b"") for index, meaning in enumerate(block.meanings)]
        for record in (record for record in records if address_of(record) == address):
            for slot, raw in zip(block.slots, block.values(record.index), strict=True):
                value = exact(replace(record, raw=raw))
                if value is not None:
                    unit = record.unit or ""
                    found.setdefault(slot, value)
    return unit, sorted(found.items())


def _level(call: Call, book: LayoutBook, number: int, address: Address, edge: int, width: int) -> Decimal | None:
    found = call.parts.store.readings.latest(number, 1, edge - width + 1, edge)
    record = _record(book, found[0], address) if found else None
    return exact(record) if record else None


def _record(book: LayoutBook, heard: Heard, address: Address) -> Record | None:
    for octets in heard.telegrams:
        try:
            telegram = book.decode(octets)
        except TelegramError:
            continue
        for record in telegram.records or ():
            if address_of(record) == address:
                return record
    return None


def gaps_of(points: Sequence[Point]) -> tuple[tuple[int, int], ...]:
    """The slots before and after each time without readings."""
    steps = sorted(after - before for (before, _), (after, _) in pairwise(points))
    usual = steps[len(steps) // 2] if steps else 0
    return tuple((before, after) for (before, _), (after, _) in pairwise(points) if after - before > usual * GAP_FACTOR)


def _runs(points: Sequence[Point], gaps: Iterable[tuple[int, int]]) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    ends = {before for before, _after in gaps}
    for point in points:
        runs[-1].append(point)
        if point[0] in ends:
            runs.append([])
    return [run for run in runs if run]


def _peaks(run: Sequence[Point], since: int, width: int) -> Iterable[Point]:
    """Of each column the least and the most, in their order, so that a peak never disappears."""
    for _column, group in groupby(run, key=lambda point: (point[0] - since) // width):
        points = list(group)
        least = min(points, key=lambda point: point[1])
        most = max(points, key=lambda point: point[1])
        yield from sorted({least, most})


def _extremes(points: Sequence[Point]) -> Extremes | None:
    if not points:
        return None
    values = [value for _slot, value in points]
    most_at, most = max(points, key=lambda point: point[1])
    mean = sum(values, Decimal(0)) / len(values)
    exponent = int(values[-1].as_tuple().exponent)
    return Extremes(min(values), mean.quantize(Decimal(1).scaleb(exponent)), most, most_at)
