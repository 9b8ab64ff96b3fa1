"""What views see of a segment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from appliance.bus.segment import Segment
from appliance.events import BusState
from appliance.mbus.dialogue import Counters


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStatus:
    """A round under way."""

    number: int
    slot: int
    due: int
    answered: int
    missed: int
    waits_until: datetime | None  # its job retry comes then; None while it has somebody to ask


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentStatus:
    """A segment at this moment."""

    name: str
    url: str
    state: BusState
    sentence: str  # why, where the state does not say it
    baud_rate: int
    queue: int  # meters that wait for their turn
    round: RoundStatus | None
    counters: Counters


def status_of(segment: Segment) -> SegmentStatus:
    """A snapshot, taken from any thread."""
    current = segment.rounds.current
    under_way = None
    if current is not None:
        under_way = RoundStatus(
            number=current.errand.number,
            slot=current.errand.slot,
            due=current.due,
            answered=current.answered,
            missed=current.missed,
            waits_until=current.waits_until,
        )
    return SegmentStatus(
        name=segment.name,
        url=segment.settings.url,
        state=segment.herald.state,
        sentence=segment.herald.sentence,
        baud_rate=segment.wire.baud_rate,
        queue=segment.rounds.waiting,
        round=under_way,
        counters=replace(segment.counters),
    )
