"""What the first screen asks for: rounds, lines, the appliance itself, what to do, the newest events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from appliance.log import Entry
from appliance.operations.call import Call
from appliance.operations.entries import entries
from appliance.operations.glances import Glance
from appliance.operations.health import Health, health
from appliance.operations.meter_state import slot_time
from appliance.operations.parts import Segment
from appliance.operations.status import next_round
from appliance.operations.to_do import ToDo, to_do

ROUNDS: Final = 24
EVENTS: Final = 30
LOOK_BACK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RoundDone:
    """A round over all segments."""

    slot: datetime
    seconds: float
    due: int
    answered: int
    failed: int  # meters that were asked in vain; with a round broken off, the others are neither


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it."""

    schedule: str
    next_round: datetime | None
    rounds: tuple[RoundDone, ...]  # newest first
    segments: tuple[Segment, ...]
    loads: tuple[int, ...]  # meters on each segment
    health: Health
    to_do: tuple[ToDo, ...]
    events: tuple[Entry, ...]  # newest first


def overview(call: Call, seen: Iterable[Glance]) -> Overview:
    """As of now; `seen` are glances at all meters."""
    call.need_level(1, "the overview")
    parts, glances = call.parts, tuple(seen)
    segments = tuple(parts.engine.status())
    return Overview(
        schedule=parts.settings.readout.schedule,
        next_round=next_round(call),
        rounds=rounds_done(call),
        segments=segments,
        loads=tuple(sum(g.meter.segment == s.name and g.meter.active for g in glances) for s in segments),
        health=health(call),
        to_do=to_do(call, glances),
        events=tuple(events(call)),
    )


def rounds_done(call: Call, count: int = ROUNDS) -> tuple[RoundDone, ...]:
    """The last rounds, those of all segments in one slot joined."""
    found = call.parts.store.history.rounds(count * 4)
    joined = [list(group) for _, group in groupby(found, key=lambda one: one.slot)][:count]
    failed = call.parts.store.standing.failures_in(group[0].slot for group in joined)
    return tuple(
        RoundDone(
            slot=slot_time(group[0].slot),
            seconds=max(((r.ended - r.began).total_seconds() for r in group if r.ended), default=0.0),
            due=sum(r.due for r in group),
            answered=sum(r.answered for r in group),
            failed=len(failed.get(group[0].slot, ())),
        )
        for group in joined
    )


def events(call: Call, count: int = EVENTS) -> Sequence[Entry]:
    """The newest entries of the log."""
    now = call.now()
    return entries(call, now - LOOK_BACK, now, count=count)
