"""Everything about one meter: values with their octets, readings, how it is reached, and its past as a curve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from appliance.errors import Kind, RefusedError, TelegramError
from appliance.mbus.book import LayoutBook
from appliance.mbus.records import Record
from appliance.mbus.status import status_words
from appliance.meters.meter import Addressing, Meter
from appliance.meters.selection import manufacturer_of, medium_of
from appliance.meters.units import Shown, exact
from appliance.operations.call import Call
from appliance.operations.days import difference
from appliance.operations.glances import Glance, glance, shown
from appliance.operations.meter_state import slot_time
from appliance.operations.readings import key_of, records_of
from appliance.ports import Heard
from appliance.store.status import status_byte

READINGS: Final = 100
CURVE_POINTS: Final = 3000  # readings decoded for one curve; of more, each n-th

Address = tuple[str, str, int, int, int]
"""What tells a record from the others of its meter: quantity, function, storage, tariff, subunit."""


@dataclass(frozen=True, slots=True)
class Value:
    """A record of the newest reading."""

    record: Record
    of: int
    """Records of that reading."""
    shown: Shown
    exact: Decimal | None
    when: str  # "now", "31.12.2025", "tariff 2"

    @property
    def address(self) -> Address:
        """Which series it belongs to."""
        return address_of(self.record)


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the list."""

    at: datetime
    slot: int
    kind: str
    status: int | None
    words: str
    telegrams: int
    main: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Slots without a reading."""

    slot: datetime
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class MeterView:
    """All of it."""

    glance: Glance
    key: str
    manufacturer: str
    medium: str
    access: str  # "main, secondary, 2400 Bd"
    schedule: str
    values: tuple[Value, ...]
    readings: tuple[Reading, ...]  # newest first
    gaps: tuple[Gap, ...]  # newest first
    telegrams: tuple[bytes, ...]  # of the newest reading


@dataclass(frozen=True, slots=True)
class Curve:
    """A series over a time: (second, exact value in the base unit)."""

    unit: str
    points: tuple[tuple[int, Decimal], ...]
    interval: int  # seconds between two readings, as they mostly come


def address_of(record: Record) -> Address:
    """Which series a record belongs to."""
    return (record.quantity, str(record.function), record.storage, record.tariff, record.subunit)


def find_meter(call: Call, number: int) -> Meter:
    """A meter by its number; raises `RefusedError`."""
    meter = call.parts.store.meters.find(number)
    if meter is None:
        raise RefusedError(f"There is no meter {number} any more.", Kind.NOT_FOUND)
    return meter


def meter_view(call: Call, number: int) -> MeterView:
    """One meter as of now."""
    call.need_level(1, "a meter")
    meter = find_meter(call, number)
    found = call.parts.store.readings.latest(number, READINGS)
    newest = found[0] if found else None
    records = tuple(records_of(newest)) if newest else ()
    return MeterView(
        glance=glance(call, meter),
        key=key_of(meter),
        manufacturer=manufacturer_of(meter),
        medium=medium_of(meter),
        access=_access(call, meter),
        schedule=meter.schedule or call.parts.settings.readout.schedule,
        values=tuple(_value(call, record, len(records)) for record in records),
        readings=tuple(_reading(call, heard, records) for heard in found),
        gaps=_gaps(call, number),
        telegrams=newest.telegrams if newest else (),
    )


def curve(call: Call, number: int, address: Address, since: int, until: int) -> Curve:
    """One series between two moments."""
    call.need_level(1, "readings")
    found = call.parts.store.readings.between(number, since, until)
    slots = [heard.slot for heard in found]
    step = -(-len(found) // CURVE_POINTS) or 1
    book = LayoutBook()
    unit, points = "", []
    for heard in found[::step]:
        record = _record(book, heard, address)
        number_then = exact(record) if record else None
        if record is not None and number_then is not None:
            unit = record.unit or ""
            points.append((heard.slot, number_then))
    return Curve(unit, tuple(points), _usual_step(slots) * step)


def amounts(points: tuple[tuple[int, Decimal], ...], edges: tuple[int, ...]) -> tuple[Decimal | None, ...]:
    """What a counter rose between each two edges; None where a reading near an edge is missing."""
    levels = [_level_at(points, edge, edges[1] - edges[0]) for edge in edges]
    return tuple(difference(first, last) for first, last in pairwise(levels))


def _level_at(points: tuple[tuple[int, Decimal], ...], edge: int, width: int) -> Decimal | None:
    before = [value for slot, value in points if edge - width < slot <= edge]
    return before[-1] if before else None


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


def _usual_step(slots: list[int]) -> int:
    steps = sorted(after - before for before, after in pairwise(slots))
    return steps[len(steps) // 2] if steps else 0


def _value(call: Call, record: Record, of: int) -> Value:
    return Value(record, of, shown(call, record), exact(record), _when(record))


def _when(record: Record) -> str:
    """What distinguishes it: function, storage, tariff, subunit."""
    words = [] if record.function == "instantaneous" else [str(record.function)]
    for name, number in (("storage", record.storage), ("tariff", record.tariff), ("subunit", record.subunit)):
        words += [f"{name} {number}"] if number else []
    return ", ".join(words)


def _reading(call: Call, heard: Heard, newest: tuple[Record, ...]) -> Reading:
    octet = status_byte(heard.telegrams[-1]) if heard.telegrams else None
    numbers = [r for r in records_of(heard) if exact(r) is not None and r.unit and not isinstance(r.value, date)]
    return Reading(
        at=heard.at.wall,
        slot=heard.slot,
        kind=str(heard.kind),
        status=octet,
        words=", ".join(status_words(octet or 0)),
        telegrams=len(heard.telegrams),
        main=tuple(shown(call, record) for record in numbers[:3]),
    )


def _gaps(call: Call, number: int) -> tuple[Gap, ...]:
    since = int(call.now().timestamp()) - 31 * 86400
    missed = call.parts.store.readings.missed(since, meter=number, count=READINGS)
    return tuple(Gap(slot_time(one.slot), str(one.reason), one.detail) for one in missed)


def _access(call: Call, meter: Meter) -> str:
    segment = call.parts.settings.segment.get(meter.segment)
    usual = call.parts.settings.bus.baud_rate
    baud_rate = meter.baud_rate or (segment.baud_rate if segment else 0) or usual
    how = f"primary {meter.primary_address}" if meter.addressing is Addressing.PRIMARY else str(meter.addressing)
    return f"{meter.segment}, {how}, {baud_rate} Bd"
