"""What operations know of the bus lent to a computer; the level converter is handed in by the root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from appliance.hub import Job
from appliance.settings.subjects.level_converter import Computer


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingOrder:
    """Which bus, to whom, how long."""

    segment: str
    to: Computer
    baud_rate: int
    seconds: float
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LentView:
    """A bus that is lent now."""

    segment: str
    where: str  # "TCP 50000", "USB"
    baud_rate: int
    client: str  # who is connected; empty while nobody is
    to_bus: int  # octets
    from_bus: int


class Lender(Protocol):
    """The level converter, from any thread."""

    def lend(self, order: LendingOrder, job: Job | None) -> LentView:
        """Hand a bus over until its time is over, it is given back or nobody uses it. Raises `RefusedError`."""

    def lent(self) -> tuple[LentView, ...]:
        """Every bus that is lent now."""

    def take_back(self, segment: str | None = None) -> int:
        """End the mode on a segment or all; how many it was on."""
