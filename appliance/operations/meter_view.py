"""Everything about one meter: values with their octets, readings, how it is reached, and its past as a curve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.mbus.records import Record
from appliance.mbus.status import status_words
from appliance.meters.meter import Addressing, Meter
from appliance.meters.selection import manufacturer_of, medium_of
from appliance.meters.units import Shown, exact
from appliance.operations.call import Call
from appliance.operations.curves import Address, address_of
from appliance.operations.glances import Glance, glance, shown
from appliance.operations.meter_state import slot_time, state_of
from appliance.operations.readings import key_of, records_of
from appliance.ports import Heard
from appliance.store.status import status_byte

READINGS: Final = 100


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
    state = state_of(call.parts, meter)
    newest = state.newest
    records = tuple(records_of(newest)) if newest else ()
    return MeterView(
        glance=glance(call, meter, state),
        key=key_of(meter),
        manufacturer=manufacturer_of(meter),
        medium=medium_of(meter),
        access=_access(call, meter),
        schedule=meter.schedule or call.parts.settings.readout.schedule,
        values=tuple(_value(call, record, len(records)) for record in records),
        readings=tuple(_reading(call, heard) for heard in found),
        gaps=_gaps(call, number),
        telegrams=newest.telegrams if newest else (),
    )


def readings_before(call: Call, number: int, until: int, count: int = READINGS) -> tuple[Reading, ...]:
    """The newest up to a moment, newest first."""
    call.need_level(1, "readings")
    return tuple(_reading(call, heard) for heard in call.parts.store.readings.latest(number, count, 0, until))


def telegrams_at(call: Call, number: int, slot: int) -> tuple[bytes, ...]:
    """The telegrams of one reading."""
    call.need_level(1, "readings")
    heard = call.parts.store.readings.at(number, slot)
    return heard.telegrams if heard else ()


def _value(call: Call, record: Record, of: int) -> Value:
    return Value(record, of, shown(call, record), exact(record), _when(record))


def _when(record: Record) -> str:
    """What distinguishes it: function, storage, tariff, subunit."""
    words = [] if record.function == "instantaneous" else [str(record.function)]
    for name, number in (("storage", record.storage), ("tariff", record.tariff), ("subunit", record.subunit)):
        words += [f"{name} {number}"] if number else []
    return ", ".join(words)


def _reading(call: Call, heard: Heard) -> Reading:
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
