"""A round under way: whom it still visits, what became of its meters, and who waits for that."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol

from appliance.bus.errand import Errand
from appliance.bus.itinerary import Itinerary
from appliance.bus.visit import Visit
from appliance.meters.meter import Meter
from appliance.ports import Heard, Missed, Reason

Outcome = Heard | Missed


class Progress(Protocol):
    """What the engine needs of a job that a person follows."""

    @property
    def cancelled(self) -> bool:
        """A person broke it off."""

    def report(self, done: int, of: int, sentence: str = "") -> None:
        """How far it is."""


class Round:
    """Ends with one outcome a meter: of a visit of its own, or of the round that reads the same slot already."""

    def __init__(
        self, errand: Errand, *, job: Progress | None = None, answer: Future[Sequence[Outcome]] | None = None
    ) -> None:
        self.errand = errand
        self.visits = Itinerary(errand)
        self.opened = False  # its first meter was asked
        self.retries = 0  # how often meters were asked again
        self.waits_until: datetime | None = None  # when its job retry comes; None while it has somebody to ask
        self.outlasts: Reason | None = None  # why a meter failed that may have stopped the bus; the others wait for it
        self._job = job
        self._answer = answer
        self._order: tuple[Meter, ...] = ()
        self._own: frozenset[int] = frozenset()
        self._outcomes: dict[int, Outcome] = {}
        self._heard: set[int] = set()

    def admit(self, visits: Iterable[Visit], late: Container[int] = (), joined: Iterable[Meter] = ()) -> None:
        """Put meters on the list. Those in `late` are due, but not visited; those `joined` another round visits."""
        unique = {visit.meter.id: visit for visit in visits}
        self._own = frozenset(unique)
        self._order = (*(visit.meter for visit in unique.values()), *joined)
        self.visits.add(visit for meter, visit in unique.items() if meter not in late)

    @property
    def due(self) -> int:
        """How many meters it reads itself."""
        return len(self._own)

    @property
    def answered(self) -> int:
        """How many of them were heard."""
        return len(self._own & self._heard)

    @property
    def missed(self) -> int:
        """How many of them were not."""
        return len(self._own & self._outcomes.keys()) - self.answered

    @property
    def waiting(self) -> int:
        """How many of them have no outcome yet."""
        return len(self._own - self._outcomes.keys())

    @property
    def over(self) -> bool:
        """Every meter has its outcome."""
        return all(meter.id in self._outcomes for meter in self._order)

    @property
    def is_cancelled(self) -> bool:
        """Whether the person who ordered it broke it off."""
        return self._job is not None and self._job.cancelled

    def holds(self, meter: int) -> bool:
        """Whether it reads a meter, and is not yet through with it."""
        return meter in self._own and meter not in self._outcomes

    def expects(self, meter: int, slot: int) -> bool:
        """Whether it waits for what another round makes of a meter."""
        return slot == self.errand.slot and any(meter == one.id for one in self.joined())

    def take(self, meter: Meter, outcome: Outcome) -> None:
        """What became of a meter."""
        self._outcomes[meter.id] = outcome
        if isinstance(outcome, Heard):
            self._heard.add(meter.id)
        if self._job is not None:
            verb = "answered" if isinstance(outcome, Heard) else f"missed: {outcome.reason}"
            self._job.report(len(self._outcomes), len(self._order), f"{meter.label} {verb}")

    def answer(self) -> None:
        """It is over: hand the outcomes to whoever ordered it, in the order the meters were named."""
        if self._answer is not None and self._answer.set_running_or_notify_cancel():
            self._answer.set_result([self._outcomes[meter.id] for meter in self._order])

    def joined(self) -> list[Meter]:
        """Meters whose outcome it still expects from another round."""
        return [one for one in self._order if one.id not in self._own and one.id not in self._outcomes]
