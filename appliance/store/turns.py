"""Turns: something that lasts has come, or is over. What readings, reasons and lines have to say about that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Final

from appliance.events import BusState
from appliance.log import Severity
from appliance.mbus.status import status_words
from appliance.ports import Heard, Missed
from appliance.store.status import status_byte

ERROR_BITS: Final = 0x1F  # application condition, low power, permanent and temporary error


class What(StrEnum):
    """What came, by the names of settings.md §10."""

    BOOT = "boot"
    READOUT_FAILED = "readout_failed"
    METER_ERROR = "meter_error"
    OVERLOAD = "overload"
    JAMMED = "jammed"
    SEGMENT_LOST = "segment_lost"
    STORAGE_DAMAGED = "storage_damaged"

    @property
    def is_of_a_meter(self) -> bool:
        """Whether it is about a meter, by its number."""
        return self in (What.READOUT_FAILED, What.METER_ERROR)

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        if self is What.BOOT:
            return Severity.INFO
        return Severity.WARNING if self.is_of_a_meter else Severity.ERROR


TROUBLE: Final = {
    BusState.OVERLOAD: What.OVERLOAD,
    BusState.JAMMED: What.JAMMED,
    BusState.LOST: What.SEGMENT_LOST,
    BusState.REFUSED: What.SEGMENT_LOST,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """Something has come, or is over; one that does not last is over as it comes."""

    what: What
    about: str
    at: datetime
    has_come: bool = True
    message: str = ""
    lasts: bool = True


def turns_of(heard: Sequence[Heard], missed: Sequence[Missed], lasting: Collection[int]) -> Iterator[Turn]:
    """What became of meters, in the order it did; `lasting` are those of which something lasts, most have no news."""
    faulty = (one.meter for one in heard if _errors(one))
    concerned = {*lasting, *(one.meter for one in missed), *faulty}
    became: Iterator[Heard | Missed] = chain(heard, missed)
    news = (one for one in became if one.meter in concerned)
    for one in sorted(news, key=lambda one: (one.at.wall, one.slot)):
        if isinstance(one, Heard):
            yield from _answered(one)
        elif one.reason.is_fault:
            yield Turn(What.READOUT_FAILED, str(one.meter), one.at.wall, message=one.detail or str(one.reason))


def turns_of_segment(segment: str, state: BusState, sentence: str, at: datetime) -> Iterator[Turn]:
    """The trouble a line is in now, and the end of every other."""
    present = TROUBLE.get(state)
    for what in dict.fromkeys(TROUBLE.values()):
        if what is not present:
            yield Turn(what, segment, at, has_come=False)
    if present is not None:
        yield Turn(present, segment, at, message=sentence or str(state))


def _answered(heard: Heard) -> Iterator[Turn]:
    meter, at = str(heard.meter), heard.at.wall
    yield Turn(What.READOUT_FAILED, meter, at, has_come=False)
    errors = _errors(heard)
    if errors is not None:
        words = ", ".join(status_words(errors)) if errors else ""
        yield Turn(What.METER_ERROR, meter, at, has_come=bool(errors), message=words)


def _errors(heard: Heard) -> int | None:
    """The status byte where it tells of an error, 0 where it tells of none, None where there is no such byte."""
    status = status_byte(heard.telegrams[0]) if heard.telegrams else None
    return status if status is None or status & ERROR_BITS else 0
