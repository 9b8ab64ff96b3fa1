"""What keeps a whole bus from working, and until when: no meter is to blame, so none is charged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from appliance.bus.errand import FOR_EVER
from appliance.bus.failure import Failure
from appliance.events import BusState
from appliance.ports import Reason

QUIET: Final = 0.5  # seconds of silence after which a jammed bus is tried again


@dataclass(frozen=True, slots=True)
class Block:
    """One obstacle: the state it shows as, the reason slots are missed for, when it is over by itself."""

    state: BusState
    failure: Failure
    until: float = FOR_EVER


class Blocks:
    """All obstacles there are at present; the one that came first is shown."""

    def __init__(self) -> None:
        self._blocks: dict[BusState, Block] = {}

    def __bool__(self) -> bool:
        return bool(self._blocks)

    @property
    def first(self) -> Block | None:
        """The one to show."""
        return next(iter(self._blocks.values()), None)

    @property
    def failure(self) -> Failure | None:
        """Why slots are missed meanwhile."""
        return None if self.first is None else self.first.failure

    def next_end(self) -> float:
        """When the next one is over, monotonic."""
        return min((block.until for block in self._blocks.values()), default=FOR_EVER)

    def put(self, block: Block) -> None:
        """From now on."""
        self._blocks[block.state] = block

    def remove(self, *states: BusState) -> None:
        """No longer."""
        for state in states:
            self._blocks.pop(state, None)

    def lift(self, now: float) -> None:
        """Forget those that are over."""
        self.remove(*(state for state, block in self._blocks.items() if now >= block.until))

    def heard_noise(self, now: float) -> None:
        """A jam lasts until the bus falls silent."""
        jam = self._blocks.get(BusState.JAMMED)
        if jam is not None:
            self._blocks[BusState.JAMMED] = replace(jam, until=now + QUIET)


def overload(until: float) -> Block:
    """The bus has no voltage."""
    sentence = "The bus has no voltage: look for a short circuit or too many meters; it is tried again by itself."
    return Block(BusState.OVERLOAD, Failure(Reason.OVERLOAD, sentence), until)


def jam(now: float) -> Block:
    """Somebody talks without end."""
    sentence = "Somebody talks on the bus without end: look for a babbling meter or a second master."
    return Block(BusState.JAMMED, Failure(Reason.JAMMED, sentence), now + QUIET)


def pause(until: float, sentence: str) -> Block:
    """A person wants it quiet."""
    return Block(BusState.PAUSED, Failure(Reason.PAUSED, sentence), until)


def lent(to: str, until: float) -> Block:
    """Somebody else has the line."""
    return Block(BusState.LENT, Failure(Reason.LENT, f"The bus is lent to {to}."), until)


def line_down(sentence: str, *, refused: bool) -> Block:
    """There is no line."""
    return Block(BusState.REFUSED if refused else BusState.LOST, Failure(Reason.LINE_LOST, sentence))
