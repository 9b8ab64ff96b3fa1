"""What a list of meters shows of each: state, main value, when. Asked for all once, then for those that changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from appliance.errors import TelegramError
from appliance.mbus.records import Record
from appliance.mbus.telegram import decode
from appliance.meters.main_value import main_record
from appliance.meters.meter import Meter
from appliance.meters.selection import Status
from appliance.meters.units import Shown, exact, show
from appliance.operations.call import Call
from appliance.operations.meter_state import State, slot_time, states_of
from appliance.ports import Heard

FAILED: Final = (Status.FAILED, Status.SILENT)


@dataclass(frozen=True, slots=True)
class Glance:
    """One meter at a glance."""

    meter: Meter
    status: Status
    words: str  # the status as a person says it
    octet: int | None  # status octet of its last telegram
    quantity: str  # of its main value
    newest: Shown | None
    value: Decimal | None  # the same, exact, in its base unit
    unit: str
    read: datetime | None  # when it last answered
    slot: int  # of that answer
    failed_since: datetime | None
    failures: int
    reason: str  # of the last failure, one sentence


def glances(call: Call, meters: Collection[int] | None = None) -> tuple[Glance, ...]:
    """All meters, or those with these numbers."""
    call.need_level(1, "the meter list")
    chosen = [meter for meter in call.parts.store.meters.all() if meters is None or meter.id in meters]
    states = states_of(call.parts, chosen)
    return tuple(glance(call, meter, state) for meter, state in zip(chosen, states, strict=True))


def glance(call: Call, meter: Meter, state: State) -> Glance:
    """One meter."""
    record = main_record_of(state)
    failures = state.failures
    return Glance(
        meter=meter,
        status=state.status,
        words=state.words,
        octet=state.octet,
        quantity=record.quantity if record else "",
        newest=shown(call, record) if record else None,
        value=exact(record) if record else None,
        unit=(record.unit or "") if record else "",
        read=state.last_readout,
        slot=state.newest.slot if state.newest else 0,
        failed_since=slot_time(failures.first) if failures.times else None,
        failures=failures.times,
        reason=failures.detail,
    )


def main_record_of(state: State) -> Record | None:
    """The value a person asks for first, of the newest reading."""
    if state.newest is None or not state.newest.telegrams:
        return None
    try:
        return main_record(decode(state.newest.telegrams[0]))
    except TelegramError:
        return None


def shown_main(call: Call, heard: Heard) -> str:
    """The main value of a reading with its unit, empty where it has none."""
    record = main_record_of(State(Status.OK, heard))
    return str(shown(call, record)) if record else ""


def shown(call: Call, record: Record) -> Shown:
    """A record as people here read it."""
    localization = call.parts.settings.localization
    return show(record, localization.units, decimal_sign=localization.decimal_separator.sign)
