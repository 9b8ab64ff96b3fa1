"""How a meter is: what its last slots and its last telegram say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from appliance.errors import Kind, RefusedError, TelegramError
from appliance.mbus.status import status_words
from appliance.mbus.telegram import decode
from appliance.meters.meter import Meter
from appliance.meters.selection import Selection, Status
from appliance.operations.parts import Parts
from appliance.ports import Heard, ReadingKind
from appliance.store.standing import NO_FAILURES, Failures, Stand
from appliance.store.status import status_byte
from appliance.store.turns import ERROR_BITS

LOOK_BACK: Final = timedelta(days=31)
SHOWN_AT_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class State:
    """Status, the newest reading, the status octet of its last telegram, and what failed since."""

    status: Status
    newest: Heard | None = None
    octet: int | None = None
    failures: Failures = NO_FAILURES

    @property
    def words(self) -> str:
        """The status for a person: `ok`, `low power, permanent error`."""
        if self.status is Status.ERROR and self.newest is not None:
            return ", ".join(filter(None, (*status_words(self.octet or 0), self.newest.remark)))
        return self.status

    @property
    def last_readout(self) -> datetime | None:
        """When it last answered."""
        return self.newest.at.wall if self.newest else None


def states_of(parts: Parts, meters: Sequence[Meter]) -> list[State]:
    """As of now, of several meters at once, in their order."""
    since = int((parts.clock.now() - LOOK_BACK).timestamp())
    live = {meter.id: heard for meter in meters if (heard := _in_memory(parts, meter)) is not None}
    stands = parts.store.standing.of([meter.id for meter in meters], since, live)
    limit = parts.settings.readout.silent_after
    return [_state(stands[meter.id], limit) for meter in meters]


def state_of(parts: Parts, meter: Meter) -> State:
    """One meter."""
    return states_of(parts, [meter])[0]


def newest_reading(parts: Parts, meter: Meter) -> Heard | None:
    """What was heard last."""
    return state_of(parts, meter).newest


def reading_before(parts: Parts, meter: Meter, until: int) -> Heard | None:
    """What was heard last up to a slot."""
    newest = newest_reading(parts, meter)
    if newest is None or newest.slot <= until:
        return newest
    return next(iter(parts.store.readings.latest(meter.id, until=until)), None)


def choose(parts: Parts, selection: Selection) -> list[Meter]:
    """The meters of a selection, at least one."""
    meters = chosen(parts, selection)
    if not meters:
        raise RefusedError(f"No meter matches {selection.text}.", Kind.NOT_FOUND)
    return meters


def chosen(parts: Parts, selection: Selection) -> list[Meter]:
    """The meters of a selection, in their order; the store is only asked where it is about the status."""
    meters = parts.store.meters.all()
    if not selection.asks_status:
        return [meter for meter in meters if selection.holds(meter, Status.NEVER)]
    states = states_of(parts, meters)
    return [meter for meter, state in zip(meters, states, strict=True) if selection.holds(meter, state.status)]


def choose_one(parts: Parts, selection: Selection) -> Meter:
    """The one meter of a selection; several are refused with the matches."""
    meters = choose(parts, selection)
    if len(meters) > 1:
        names = ", ".join(f"{meter.label} (id={meter.id})" for meter in meters[:SHOWN_AT_MOST])
        more = f" and {len(meters) - SHOWN_AT_MOST} more" if len(meters) > SHOWN_AT_MOST else ""
        raise RefusedError(f"{selection.text} matches {len(meters)} meters: {names}{more}.", Kind.USAGE)
    return meters[0]


def choose_kept(parts: Parts, selection: Selection) -> Meter:
    """As `choose_one`, or by `id=` a meter that is off the list and whose values were kept."""
    number = selection.number
    if number is None or parts.store.meters.find(number) is not None:
        return choose_one(parts, selection)
    for heard in parts.store.readings.latest(number):
        return _former(number, heard)
    raise RefusedError(f"There is no meter {number}, and no value of one is kept.", Kind.NOT_FOUND)


def _former(number: int, heard: Heard) -> Meter:
    """What its last telegram tells of it."""
    nameless = Meter(id=number, name=f"deleted meter {number}", active=False)
    try:
        told = decode(heard.telegrams[0])
    except (TelegramError, IndexError):
        return nameless
    return replace(nameless, secondary_address=told.secondary_address, primary_address=told.address)


def slot_time(slot: int) -> datetime:
    """A slot as a time."""
    return datetime.fromtimestamp(slot, UTC)


def _in_memory(parts: Parts, meter: Meter) -> Heard | None:
    """What was heard last of a meter that is read all the time, or whose values are not kept."""
    live = parts.engine.newest(meter.id)
    return None if live is None or (meter.store and live.kind is not ReadingKind.CONTINUOUS) else live


def _state(stand: Stand, limit: int) -> State:
    newest = stand.newest
    octet = status_byte(newest.telegrams[-1]) if newest and newest.telegrams else None
    return State(_status(stand, limit, octet), newest, octet, stand.failures)


def _status(stand: Stand, limit: int, octet: int | None) -> Status:
    if stand.failures.times:
        return Status.SILENT if stand.failures.times >= limit else Status.FAILED
    if stand.newest is None:
        return Status.NEVER
    return Status.ERROR if stand.newest.incomplete or (octet or 0) & ERROR_BITS else Status.OK
