"""What a segment remembers of its meters from one reading to the next, in memory only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from appliance.mbus.dialogue import Readout
from appliance.mbus.dialogue.timing import LEARNT_MARGIN
from appliance.ports import Heard, Reason

LEARN_FROM: Final = 0.05  # seconds before the end of the usual wait: who answers later is waited for longer


@dataclass(slots=True)
class MeterMemory:
    """One meter: how long it takes, for how many rounds it was silent, the newest reading."""

    response: float = 0.0  # learnt wait; 0 = the usual one
    silent_rounds: int = 0
    settle: bool = False  # another's answer came in place of its own: let the bus fall silent first
    blocks_bus: bool = False  # the bus failed when it was asked last
    newest: Heard | None = None

    def answered(self, heard: Heard) -> None:
        """It works."""
        self.newest, self.silent_rounds, self.blocks_bus = heard, 0, False

    def missed(self, reason: Reason) -> None:
        """A slot of the grid was missed."""
        self.silent_rounds += reason is Reason.NO_ANSWER

    def learn(self, readout: Readout, wait: float, longest: float) -> None:
        """Wait longer for a meter whose answer nearly came too late, never longer than the settings say."""
        if readout.slowest > wait - LEARN_FROM:
            self.response = min(max(self.response, readout.slowest * LEARNT_MARGIN), longest)


@dataclass(slots=True)
class Memory:
    """All meters of a segment; and the next frame count bit of primary addresses that are never initialised."""

    meters: dict[int, MeterMemory] = field(default_factory=dict)
    bits: dict[int, bool] = field(default_factory=dict)

    def of(self, meter: int) -> MeterMemory:
        """What is known of a meter; a blank page for one not met yet."""
        return self.meters.setdefault(meter, MeterMemory())
