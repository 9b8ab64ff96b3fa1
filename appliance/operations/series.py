"""Series of values: which there are, and one of them over a time (operations.md §5)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import dropwhile, pairwise
from typing import Annotated, Final

from appliance.errors import Kind, RefusedError, SettingError
from appliance.mbus.records import Record
from appliance.meters.meter import Meter
from appliance.meters.selection import Selection
from appliance.meters.units import exact, friendly
from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.call import Call
from appliance.operations.curves import Point, address_of, gaps_of, points_of
from appliance.operations.days import difference
from appliance.operations.glances import shown
from appliance.operations.meter_state import State, choose_kept, chosen, states_of
from appliance.operations.moment import NOW, Moment
from appliance.operations.operation import operation
from appliance.operations.readings import aside, key_of, records_of
from appliance.operations.smoothing import rise, smoothed
from appliance.operations.times import local
from appliance.settings.kinds import Text

EVERY: Final = Selection.parse("all")
A_WEEK_AGO: Final = Moment("7d")
BAR: Final = 40  # cells of the longest
MOST_ROWS: Final = 20_000
SeriesName = Annotated[str, Text(1, 120)]
Row = tuple[datetime, Decimal | None, str]
"""When, how much, and what is to be said of it."""


class Step(StrEnum):
    """What one row is for."""

    SLOT = "slot"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Series:
    """One record of a meter, told from the others."""

    meter: Meter
    index: int
    record: Record  # of the newest reading

    @property
    def name(self) -> str:
        """`10473002/0`."""
        return f"{key_of(self.meter)}/{self.index}"


@operation("series list", level=1, also="show series")
def series_list(call: Call, meters: Selection = EVERY) -> Answer:
    """Lists series with unit, first, newest, count."""
    found = chosen(call.parts, meters)
    extents = call.parts.store.readings.extents(meter.id for meter in found)
    rows = []
    for meter, state in zip(found, states_of(call.parts, found), strict=True):
        first, count = extents.get(meter.id, (None, 0))
        for one in _series(meter, state):
            begin = None if first is None else datetime.fromtimestamp(first, call.zone)
            value = Cell(exact(one.record), str(shown(call, one.record)))
            quantity = "  ".join(part for part in (one.record.quantity, aside(one.record)) if part)
            rows.append((one.name, quantity, one.record.unit, local(begin, call.zone), value, count))
    return Answer(table=Table.of("series quantity unit first newest count", rows, right="newest count"))


@operation("series show", level=1)
def series_show(
    call: Call,
    series: SeriesName,
    *,
    since: Moment = A_WEEK_AGO,
    until: Moment = NOW,
    by: Step = Step.SLOT,
    consumption: bool = False,
    chart: bool = False,
) -> Answer:
    """Values or consumption of a series, with gaps and marks."""
    one = find_series(call, series)
    first, last = (moment.at(call.now(), call.zone) for moment in (since, until))
    settings = call.parts.settings
    weekday, marked = settings.localization.first_weekday.number, settings.series.gap_mark
    edges = [] if by is Step.SLOT else list(_edges(first.astimezone(call.zone), last, by, weekday))
    begin = edges[0] - (edges[1] - edges[0]) if edges else first  # the level at the first edge was read before it
    address = address_of(one.record)
    unit, points = points_of(call, one.meter.id, address, int(begin.timestamp()) + 1, int(last.timestamp()))
    if by is Step.SLOT:
        values = _by_slot(points, call, consumption)
    else:
        values = _by_step(_levels(points, edges), edges, consumption, marked=marked)
    if not marked:
        values = ((at, value, "") for at, value, _mark in values)
    values = _with_swaps(values, call.parts.store.swaps.of(one.meter.id), by, consumption=consumption)
    return _answer(call, list(values), unit or one.record.unit or "", by, consumption=consumption, chart=chart)


def find_series(call: Call, name: str) -> Series:
    """`10473002/0` or `"Flat 12"/volume`; raises `RefusedError`."""
    selection, slash, which = name.rpartition("/")
    if not slash or not selection or not which:
        raise RefusedError("A series is METER/RECORD, such as 10473002/0 or 10473002/volume.", Kind.VALUE)
    try:
        meter = choose_kept(call.parts, Selection.parse(selection))
    except SettingError as error:
        raise RefusedError(error.sentence, Kind.VALUE) from None
    (state,) = states_of(call.parts, [meter])
    known = _series(meter, state)
    for one in known:
        if which in (str(one.index), one.record.quantity):
            return one
    offered = ", ".join(f"{one.index} {one.record.quantity}" for one in known) or "none: it has no reading"
    raise RefusedError(f"{meter.label} has no series {which}, only {offered}.", Kind.NOT_FOUND)


def _series(meter: Meter, state: State) -> list[Series]:
    """The records of the newest reading that are numbers."""
    records = records_of(state.newest) if state.newest else ()
    return [Series(meter, index, record) for index, record in enumerate(records) if exact(record) is not None]


def _by_slot(points: Sequence[Point], call: Call, consumption: bool) -> Iterator[Row]:
    """Each reading; what stands after a gap is marked."""
    gaps = {after for _before, after in gaps_of(points)}
    before: Decimal | None = None
    for slot, value in points:
        at = datetime.fromtimestamp(slot, call.zone)
        yield at, difference(before, value) if consumption else value, "after a gap" * (slot in gaps)
        before = value


def _with_swaps(rows: Iterable[Row], swaps: Sequence[int], by: Step, *, consumption: bool) -> Iterator[Row]:
    """Rows in which another meter took the place of the first: what its counter shows is no amount."""
    before: datetime | None = None
    for at, value, mark in rows:
        begin, end = (before or at, at) if by is Step.SLOT else (at, _following(at, by))
        if any(begin.timestamp() < swap <= end.timestamp() for swap in swaps):
            yield at, None if consumption else value, "meter replaced"
        else:
            yield at, value, mark
        before = at


def _levels(points: Sequence[Point], edges: Sequence[datetime]) -> list[Decimal | None]:
    """The last value up to each edge."""
    seconds = [int(edge.timestamp()) for edge in edges]
    widths = [after - before for before, after in pairwise(seconds)]
    slots = [slot for slot, _value in points]
    return [_level(points, slots, edge, width) for edge, width in zip(seconds, [widths[0], *widths], strict=True)]


def _by_step(
    levels: Sequence[Decimal | None], edges: Sequence[datetime], consumption: bool, *, marked: bool
) -> Iterator[Row]:
    """Each hour, day ...: what the counter rose, or the last value in it."""
    amount = difference if marked else rise
    levels = levels if marked else smoothed(levels)
    steps = zip(edges, pairwise(levels), strict=False)
    for edge, (first, last) in dropwhile(lambda step: step[1] == (None, None), steps):  # before it was first read
        fell = first is not None and last is not None and last < first
        value = amount(first, last) if consumption else last
        yield edge, value, "" if value is not None else "counter fell" if fell else "gap"


def _level(points: Sequence[Point], slots: Sequence[int], edge: int, width: int) -> Decimal | None:
    """The last value up to an edge, no older than the step before it."""
    place = bisect_right(slots, edge) - 1
    return points[place][1] if place >= 0 and slots[place] > edge - width else None


def _answer(call: Call, rows: list[Row], unit: str, by: Step, *, consumption: bool, chart: bool) -> Answer:
    """Newest first; one unit for all rows, chosen by the largest."""
    sign = call.parts.settings.localization.decimal_separator.sign
    largest = max((abs(value) for _at, value, _mark in rows if value is not None), default=Decimal(0))
    cells = [
        (
            _when(at, by),
            Cell(value, "–" if value is None else str(friendly(value, unit, largest, decimal_sign=sign))),
            mark,
            *([_bar(value, largest)] if chart else []),
        )
        for at, value, mark in reversed(rows)
    ]
    names = f"{'time' if by in (Step.SLOT, Step.HOUR) else by} {'consumption' if consumption else 'value'} mark"
    return Answer(table=Table.of(f"{names} chart" if chart else names, cells, right="consumption value"))


def _when(at: datetime, by: Step) -> Cell:
    form = {Step.SLOT: "%Y-%m-%d %H:%M:%S", Step.HOUR: "%Y-%m-%d %H:%M", Step.MONTH: "%Y-%m", Step.YEAR: "%Y"}
    return Cell(at, f"{at:{form.get(by, '%Y-%m-%d')}}")


def _bar(value: Decimal | None, largest: Decimal) -> str:
    return "#" * int(BAR * abs(value) / largest) if value is not None and largest else ""


def _edges(first: datetime, last: datetime, by: Step, weekday: int = 0) -> Iterator[datetime]:
    """Beginnings of local hours, days ... from the one `first` lies in to the one after `last`."""
    edge = _begin(first, by, weekday)
    for _ in range(MOST_ROWS):
        yield edge
        if edge > last:
            return
        edge = _following(edge, by)
    raise RefusedError(f"These are more than {MOST_ROWS} rows: choose a shorter time or a longer step.", Kind.LIMIT)


def _begin(moment: datetime, by: Step, weekday: int) -> datetime:
    hour = moment.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    match by:
        case Step.HOUR:
            return hour
        case Step.WEEK:
            return day - timedelta(days=(day.weekday() - weekday) % 7)
        case Step.MONTH:
            return day.replace(day=1)
        case Step.YEAR:
            return day.replace(month=1, day=1)
        case _:
            return day


def _following(edge: datetime, by: Step) -> datetime:
    """The next beginning; a day of the wall clock has 23 to 25 hours, an hour always has 60 minutes."""
    match by:
        case Step.HOUR:
            return (edge.astimezone(UTC) + timedelta(hours=1)).astimezone(edge.tzinfo)
        case Step.WEEK:
            return edge + timedelta(days=7)
        case Step.MONTH:
            return (edge.replace(day=28) + timedelta(days=4)).replace(day=1)
        case Step.YEAR:
            return edge.replace(year=edge.year + 1)
        case _:
            return edge + timedelta(days=1)
