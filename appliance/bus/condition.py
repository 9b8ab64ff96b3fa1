"""The condition of one bus: whether its line is open, what keeps it from working, and what it is shown to do."""

from __future__ import annotations

from typing import Final

from appliance.bus.blocks import Block, Blocks
from appliance.bus.errand import Priority
from appliance.bus.failure import Failure
from appliance.bus.herald import Herald
from appliance.bus.rounds import Rounds
from appliance.events import BusState

WORKING: Final = {
    Priority.PERSON: BusState.ORDER,
    Priority.ROUND: BusState.ROUND,
    Priority.CONTINUOUS: BusState.CONTINUOUS,
}


class Condition:
    """Every change of it is shown at once. Used by the segment's thread alone."""

    def __init__(self, herald: Herald, rounds: Rounds) -> None:
        self._herald = herald
        self._rounds = rounds
        self._opened = False
        self._blocks = Blocks()

    @property
    def is_free(self) -> bool:
        """The line is there, and nothing keeps the bus from working."""
        return self._opened and not self._blocks

    @property
    def failure(self) -> Failure | None:
        """Why slots are missed meanwhile."""
        return self._blocks.failure

    def next_end(self) -> float:
        """When the next obstacle is over by itself, monotonic."""
        return self._blocks.next_end()

    def opened(self) -> None:
        """The line is there."""
        self._opened = True
        self._blocks.remove(BusState.LOST, BusState.REFUSED)
        self.show()

    def down(self, block: Block) -> None:
        """The line is gone, for the reason given."""
        self._opened = False
        self._blocks.remove(BusState.LOST, BusState.REFUSED)
        self.block(block)

    def stopped(self) -> None:
        """Nothing is done here any more."""
        self._opened = False
        self._blocks = Blocks()
        self.show()

    def block(self, block: Block) -> None:
        """One more obstacle."""
        self._blocks.put(block)
        self.show()

    def unblock(self, state: BusState) -> None:
        """One less; shown with what is done next."""
        self._blocks.remove(state)

    def lift(self, now: float) -> None:
        """Forget obstacles that are over."""
        self._blocks.lift(now)

    def heard_noise(self, now: float) -> None:
        """Octets while nobody was asked."""
        self._blocks.heard_noise(now)

    def show(self, working: Priority | None = None) -> None:
        """For whom the bus is used; where it is not, why, or that a round waits."""
        state, sentence = BusState.IDLE if self._opened else BusState.OFF, ""
        if working is not None:
            state = WORKING[working]
        elif self._blocks.first is not None:
            state, sentence = self._blocks.first.state, self._blocks.first.failure.detail
        elif self._rounds.current is not None:
            state = BusState.ROUND
        self._herald.show(state, sentence)
