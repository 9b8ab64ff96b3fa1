"""A meter's turn in a round: how often it is asked, and what came of it so far.

Every meter is asked once with the short wait, in its turn. One that did not answer soundly has its remaining attempts
at the end of the round, with the long wait; one that failed there, too, is visited once more as a job retry.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from appliance.bus.failure import Failure
from appliance.bus.memory import MeterMemory
from appliance.meters.meter import Meter
from appliance.ports import Heard


class Sitting(IntEnum):
    """Which of its attempts a meter is at."""

    FIRST = 1  # one attempt, short wait
    SECOND = 2  # the remaining attempts, long wait
    RETRY = 3  # job retry: one attempt, long wait


@dataclass(slots=True, eq=False)
class Visit:
    """One meter in one round."""

    meter: Meter
    once: bool = False  # silent for some rounds: asked once, without any further attempt
    sitting: Sitting = Sitting.FIRST
    failure: Failure | None = None  # of the last attempt
    part: Heard | None = None  # the best that came so far, where not all of its telegrams did
    blocked_after: int | None = None  # visits of the round that had ended when the bus failed while this one was asked

    @classmethod
    def to(cls, meter: Meter, page: MeterMemory, dead_after: int) -> Visit:
        """As what is remembered of the meter asks for."""
        once = bool(dead_after) and page.silent_rounds >= dead_after
        return cls(meter, once=once, blocked_after=0 if page.blocks_bus else None)

    @property
    def is_suspect(self) -> bool:
        """Whether the bus has failed when this meter was asked."""
        return self.blocked_after is not None

    def follow(self, listed: Meter) -> None:
        """Its meter's record was changed: what came from another address is not this meter's."""
        if not listed.is_asked_like(self.meter):
            self.part = self.failure = None
        self.meter = listed

    def keep_part(self, heard: Heard) -> None:
        """Telegrams that came before the rest failed; the most of all attempts count."""
        if self.part is None or len(heard.telegrams) > len(self.part.telegrams):
            self.part = heard
