"""The feed: follows the hub, collapses bursts, and tells every open dashboard at most twice a second what changed.

One for all sessions; while nobody looks it does nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from appliance.events import (
    BusState,
    ClockStepped,
    MetersChanged,
    ReadingMissed,
    ReadingStored,
    RoundProgress,
    SegmentChanged,
    SettingsChanged,
    StorageTrouble,
    TelegramHeard,
)
from appliance.hub import Following
from appliance.hub.jobs import JobChanged
from appliance.operations.call import Call
from appliance.operations.days import Day, days, full_hour
from appliance.operations.glances import Glance, glances
from appliance.operations.parts import Parts
from tui.messages import Changes

FOLLOWED: Final[tuple[type, ...]] = (
    TelegramHeard,
    ReadingStored,
    ReadingMissed,
    RoundProgress,
    SegmentChanged,
    SettingsChanged,
    MetersChanged,
    StorageTrouble,
    ClockStepped,
    JobChanged,
)
WAITING_AT_MOST: Final = 5000
METERS_AT_ONCE: Final = 16
HEARD_EVERY: Final = 2.0  # seconds
Tell = Callable[[Changes], object]


class Feed:
    """Glances at all meters, rounds under way, and who is to be told."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.glances: Mapping[int, Glance] = {}
        self.rounds: dict[str, RoundProgress] = {}  # under way, by segment
        self.days: dict[int, Day] = {}
        self.notices: Sequence[str] = ()  # what the appliance wants a person to know
        self._heard: set[int] = set()
        self._heard_next = 0.0  # by the monotonic clock, when they are looked at next
        self._counting = asyncio.Lock()
        self._call = Call(parts, "dashboards", 1)
        self._listeners: list[Tell] = []
        self._following: Following[Any] | None = None
        self._task: asyncio.Task[None] | None = None

    async def join(self, tell: Tell) -> None:
        """Somebody looks from now on."""
        self._listeners.append(tell)
        if self._following is None:
            self._following = self.parts.hub.follow(*FOLLOWED, limit=WAITING_AT_MOST)
            self._note_rounds()
            await self._look(None)
            self._task = asyncio.create_task(self._beat(), name="feed")

    def leave(self, tell: Tell) -> None:
        """Nobody looks there any more."""
        if tell in self._listeners:  # a session that failed before it began never joined
            self._listeners.remove(tell)
        if not self._listeners and self._following is not None:
            self._following.close()
            self._following = None
            if self._task is not None:
                self._task.cancel()

    async def tick(self) -> Changes:
        """Take in all that happened, and tell it."""
        events = list(self._taken())
        heard = self._heard_by_now(events)
        if not events and not heard:
            return Changes()
        everything = any(isinstance(event, MetersChanged | SettingsChanged) for event in events)
        changed = await self._look(None if everything else _meters_of(events) | heard)
        changes = Changes(frozenset(map(type, events)), changed)
        for tell in tuple(self._listeners):
            tell(changes)
        return changes

    async def two_days(self) -> Mapping[int, Day]:
        """The last two days of all meters; asked for once an hour, some at a time."""
        hour = full_hour(self._call.now(), self._call.zone)
        async with self._counting:
            missing = [number for number in self.glances if number not in self.days or self.days[number].hour != hour]
            for start in range(0, len(missing), METERS_AT_ONCE):
                some = missing[start : start + METERS_AT_ONCE]
                self.days |= await asyncio.wrap_future(self.parts.hub.ask(days, self._call, some, hour))
        return self.days

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(1 / float(self.parts.settings.dashboard.refresh_rate))
            await self.tick()

    def _heard_by_now(self, events: Iterable[object]) -> frozenset[int]:
        """Meters with a value that waits to be written, or is kept in memory alone: each bus has several a second."""
        self._heard.update(event.heard.meter for event in events if isinstance(event, TelegramHeard))
        now = self.parts.clock.monotonic()
        if not self._heard or now < self._heard_next:
            return frozenset()
        self._heard_next = now + HEARD_EVERY
        found, self._heard = frozenset(self._heard), set()
        return found

    def _taken(self) -> Iterable[object]:
        following = self._following
        for _ in range(WAITING_AT_MOST):
            event = following.get(timeout=0) if following else None
            if event is None:
                return
            if isinstance(event, RoundProgress):
                self._keep(event)
            yield event

    async def _look(self, meters: frozenset[int] | None) -> frozenset[int]:
        """Glance anew, off the loop; the numbers of those that look different."""
        self.notices = await asyncio.wrap_future(self.parts.hub.ask(self.parts.notices))
        if meters is not None and not meters:
            return meters
        seen = await asyncio.wrap_future(self.parts.hub.ask(glances, self._call, meters))
        old = self.glances
        new = {one.meter.id: one for one in seen}
        self.glances = new if meters is None else {**old, **new}
        return frozenset(number for number, one in new.items() if old.get(number) != one)

    def _keep(self, progress: RoundProgress) -> None:
        if progress.ended is None:
            self.rounds[progress.segment] = progress
        else:
            self.rounds.pop(progress.segment, None)

    def _note_rounds(self) -> None:
        """A round that ended while nobody looked is over."""
        at_work = {one.name for one in self.parts.engine.status() if one.state is BusState.ROUND}
        self.rounds = {name: progress for name, progress in self.rounds.items() if name in at_work}


def _meters_of(events: Iterable[object]) -> frozenset[int]:
    found: set[int] = set()
    for event in events:
        match event:
            case ReadingMissed(missed):
                found.add(missed.meter)
            case ReadingStored(keys):
                found.update(meter for meter, _ in keys)
    return frozenset(found)
