"""How a meter is: what its last slots and its last telegram say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.mbus.status import status_words
from appliance.meters.meter import Meter
from appliance.meters.selection import Selection, Status
from appliance.operations.parts import Parts
from appliance.ports import Heard
from appliance.store.status import status_byte

ERROR_BITS: Final = 0x1F  # application condition, low power, permanent and temporary error
LOOK_BACK: Final = timedelta(days=31)
SHOWN_AT_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class State:
    """Status, the newest reading, and the status octet of its last telegram."""

    status: Status
    newest: Heard | None = None
    octet: int | None = None

    @property
    def words(self) -> str:
        """The status for a person: `ok`, `low power, permanent error`."""
        if self.status is Status.ERROR and self.octet is not None:
            return ", ".join(status_words(self.octet))
        return self.status

    @property
    def last_readout(self) -> datetime | None:
        """When it last answered."""
        return self.newest.at.wall if self.newest else None


def state_of(parts: Parts, meter: Meter) -> State:
    """Ask the store."""
    newest = next(iter(parts.store.readings.latest(meter.id)), None)
    since = newest.slot + 1 if newest else int((parts.clock.now() - LOOK_BACK).timestamp())
    limit = parts.settings.readout.silent_after
    failed = len(parts.store.readings.missed(since, meter=meter.id, count=limit))
    octet = status_byte(newest.telegrams[-1]) if newest and newest.telegrams else None
    return State(_status(newest, failed, limit, octet), newest, octet)


def choose(parts: Parts, selection: Selection) -> list[Meter]:
    """The meters of a selection, at least one."""
    meters = selection.choose(parts.store.meters.all(), lambda meter: state_of(parts, meter).status)
    if not meters:
        raise RefusedError(f"No meter matches {selection.text}.", Kind.NOT_FOUND)
    return meters


def choose_one(parts: Parts, selection: Selection) -> Meter:
    """The one meter of a selection; several are refused with the matches."""
    meters = choose(parts, selection)
    if len(meters) > 1:
        names = ", ".join(f"{meter.label} (id={meter.id})" for meter in meters[:SHOWN_AT_MOST])
        more = f" and {len(meters) - SHOWN_AT_MOST} more" if len(meters) > SHOWN_AT_MOST else ""
        raise RefusedError(f"{selection.text} matches {len(meters)} meters: {names}{more}.", Kind.USAGE)
    return meters[0]


def slot_time(slot: int) -> datetime:
    """A slot as a time."""
    return datetime.fromtimestamp(slot, UTC)


def _status(newest: Heard | None, failed: int, limit: int, octet: int | None) -> Status:
    if failed:
        return Status.SILENT if failed >= limit else Status.FAILED
    if newest is None:
        return Status.NEVER
    return Status.ERROR if octet is not None and octet & ERROR_BITS else Status.OK
