"""Why a visit to a meter brought nothing, as the reason its slot is missed for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appliance.errors import (
    ApplicationError,
    BusError,
    BusmeisterError,
    Collision,
    Garbled,
    Jammed,
    LineLost,
    NoAnswer,
    Overload,
    SettingError,
    WrongAnswer,
)
from appliance.ports import Reason

REASONS: Final[dict[type[BusmeisterError], Reason]] = {
    NoAnswer: Reason.NO_ANSWER,
    Collision: Reason.COLLISION,
    Garbled: Reason.GARBLED,
    WrongAnswer: Reason.WRONG_ANSWER,
    ApplicationError: Reason.APPLICATION_ERROR,
    Overload: Reason.OVERLOAD,
    Jammed: Reason.JAMMED,
    LineLost: Reason.LINE_LOST,
    SettingError: Reason.NOT_ASKED,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """The reason, a sentence for a person, and the octets that came instead of an answer."""

    reason: Reason
    detail: str
    octets: bytes = b""


def failure_of(error: BusmeisterError) -> Failure:
    """What an error means for the slot; one that no visit should end in is the program's own failure."""
    octets = error.octets if isinstance(error, BusError) else b""
    return Failure(REASONS.get(type(error), Reason.PROGRAM), error.sentence, octets)
