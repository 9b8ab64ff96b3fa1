"""What happens in the appliance, as values that the hub carries to whoever follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from appliance.log import Entry
from appliance.ports import Heard, Missed


class Direction(StrEnum):
    """Which way octets went on a bus."""

    SENT = "sent"
    RECEIVED = "received"
    SILENCE = "silence"  # an answer was due and did not come
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class BusTraffic:
    """Octets on a segment; published only while somebody follows."""

    segment: str
    at: datetime
    direction: Direction
    octets: bytes
    note: str = ""  # what it was: "select 12345678", "no answer in 188 ms"


@dataclass(frozen=True, slots=True)
class TelegramHeard:
    """A reading came in; shown live, not yet written."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class ReadingMissed:
    """A slot ended without a reading."""

    missed: Missed


@dataclass(frozen=True, slots=True)
class ReadingStored:
    """Readings are safe on the disk: (meter, slot) of each."""

    keys: tuple[tuple[int, int], ...]


class BusState(StrEnum):
    """What a segment does."""

    IDLE = "idle"
    ROUND = "round"
    CONTINUOUS = "continuous"
    ORDER = "order"
    LENT = "lent"
    PAUSED = "paused"
    OVERLOAD = "overload"
    JAMMED = "jammed"
    LOST = "line lost"
    REFUSED = "line refused"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class SegmentChanged:
    """A segment's state changed; the sentence says why where that is not plain."""

    segment: str
    state: BusState
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """A round began, went on by one meter, waits for a job retry or goes on with it, or ended (`ended` set)."""

    number: int
    slot: int  # seconds UTC
    segment: str
    due: int  # meters to read
    answered: int
    missed: int
    began: datetime
    ended: datetime | None = None
    retries: int | None = 0  # how often meters were asked again; None: not known of old rounds
    waits_until: datetime | None = None  # everybody was asked: the others are asked again then


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Settings have new values; services look for the names they care about."""

    names: frozenset[str]
    who: str


@dataclass(frozen=True, slots=True)
class MetersChanged:
    """The meter list changed."""

    meters: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class ClockStepped:
    """The wall clock was set: by how many seconds it jumped."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LogWritten:
    """An entry came into the log."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class StorageTrouble:
    """The store could not write, or had to help itself; nothing is lost unless the sentence says so."""

    sentence: str
