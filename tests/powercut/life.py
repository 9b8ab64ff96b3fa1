"""A life of the store, on a disk that records: everything it writes in normal use, with what it promised and when."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from appliance.clock import ClockQuality, VirtualClock
from appliance.events import ReadingStored, RoundProgress
from appliance.log import Severity
from appliance.meters.meter import Meter
from appliance.ports import Heard, Missed, ReadingKind, Reason
from appliance.store import Store, StoreOptions
from tests.powercut.disk import RecordingDisk
from tests.store.telegrams import heat_meter, unreadable, water_meter

Key = tuple[int, int]
"""(slot, meter)"""

RECEIVER: Final = 7
METERS: Final = 8
DELETED: Final = 3  # by its owner, on the second day
GRID: Final = 900
WRONG: Final = timedelta(days=400, seconds=17)


@dataclass(frozen=True)
class Stored:
    """These readings are acknowledged."""

    readings: dict[Key, tuple[bytes, ...]]


@dataclass(frozen=True)
class MayGo:
    """From here on these readings may be deleted."""

    keys: frozenset[Key]


@dataclass(frozen=True)
class MayMove:
    """From here on these readings may be found at the other key instead."""

    keys: dict[Key, Key]


@dataclass(frozen=True)
class MustGo:
    """From here on no reading of this meter may be found once housekeeping ran."""

    meter: int


@dataclass(frozen=True)
class Saved:
    """A setting is safe."""

    name: str
    value: str


@dataclass(frozen=True)
class MayBeDelivered:
    """From here on these readings may be gone from the outbox."""

    keys: frozenset[Key]


def nearest(second: int) -> int:
    """The instant of the grid nearest to a second."""
    return (second + GRID // 2) // GRID * GRID


Mark = MayBeDelivered | Stored | MayGo | MustGo | MayMove | Saved


class Life:
    """Lives it once; `disk.log` then has all of it."""

    def __init__(self, folder: Path, disk: RecordingDisk, seed: int = 1) -> None:
        self.disk = disk
        self._folder = folder
        self._chance = random.Random(seed)
        self._clock = VirtualClock()
        self.heard: dict[Key, tuple[bytes, ...]] = {}
        self._stored: dict[Key, tuple[bytes, ...]] = {}
        self._meters = list(range(1, METERS + 1))

    def live(self, days: int = 3, rounds: int = 12) -> None:
        """Days of rounds with restarts, retention, deliveries, settings and a clock that was wrong."""
        for day in range(days):
            if day == 1:
                self._clock.step(-WRONG)
                self._clock.quality = ClockQuality.UNTRUSTED
            store = self._open()
            store.settings.save({"day": str(day)}, "test")
            self.disk.mark(Saved("day", str(day)))
            if day == 0:
                store.meters.add(*(Meter(id=0, name=f"meter {number}") for number in range(METERS)))
            if day == 1:
                self._round_before_the_clock_was_set(store)
            for number in range(rounds):
                self._round(store, day * rounds + number)
                if (day, number) == (1, rounds // 2):
                    self._delete_a_meter(store)
            self._housekeeping(store)
            store.close()
            self._clock.advance(hours=20)

    def _open(self) -> Store:
        return Store.open(
            self._folder,
            clock=self._clock,
            publish=self._publish,
            options=StoreOptions(batch_readings=5, retention_days=1, ballast=0),
            threaded=False,
            vfs=self.disk.name,
            receivers=lambda heard: (RECEIVER,) if heard.meter % 2 else (),
        )

    def _publish(self, event: object) -> None:
        if isinstance(event, ReadingStored):
            readings = {(slot, meter): self.heard[slot, meter] for meter, slot in event.keys}
            self._stored.update(readings)
            self.disk.mark(Stored(readings))

    def _round(self, store: Store, number: int) -> None:
        self._clock.advance(seconds=GRID)
        slot = int(self._clock.now().timestamp()) // GRID * GRID
        for meter in self._meters:
            self._clock.advance(seconds=1.5)
            if self._chance.random() < 0.25:
                self._miss(store, slot, meter)
            if self._chance.random() < 0.85:
                self._hear(store, slot, meter, number)
        store.journal.add(Severity.INFO, "bus", f"Round {number} is over.")
        store.round_ended(RoundProgress(number, slot, "main", METERS, METERS, 0, self._clock.now(), self._clock.now()))
        store.flush()
        waiting = store.outbox.waiting(RECEIVER, 3)
        self.disk.mark(MayBeDelivered(frozenset(waiting)))
        store.outbox.delivered(RECEIVER, waiting)

    def _hear(self, store: Store, slot: int, meter: int, number: int) -> None:
        value = self._chance.randrange(10**6)
        telegrams = {
            1: (heat_meter(meter, value, status=number % 3), water_meter(meter, value)),
            2: (unreadable(meter, value),),
        }.get(meter, (heat_meter(meter, value),))
        self.heard.setdefault((slot, meter), telegrams)
        kind = ReadingKind.SCHEDULED
        store.accept(
            Heard(
                meter=meter,
                slot=slot,
                kind=kind,
                telegrams=telegrams,
                at=self._clock.stamp(),
                urgent=self._chance.random() < 0.1,
            )
        )

    def _miss(self, store: Store, slot: int, meter: int) -> None:
        store.missed(
            Missed(
                meter=meter,
                slot=slot,
                kind=ReadingKind.SCHEDULED,
                reason=Reason.NO_ANSWER,
                detail="The meter was silent.",
                at=self._clock.stamp(),
            )
        )

    def _round_before_the_clock_was_set(self, store: Store) -> None:
        self._round(store, 1000)
        untrusted = [key for key in self._stored if key[0] <= self._clock.now().timestamp()]
        self._clock.step(WRONG)
        self._clock.quality = ClockQuality.TRUSTED
        seconds = int(WRONG.total_seconds())
        moves = {key: (nearest(key[0] + seconds), key[1]) for key in untrusted}
        for old, new in moves.items():
            self._stored[new] = self.heard[new] = self._stored.pop(old)
        self.disk.mark(MayMove(moves))
        store.clock_trusted(seconds, nearest)
        self.disk.mark(Stored({new: self._stored[new] for new in moves.values()}))

    def _delete_a_meter(self, store: Store) -> None:
        """Its values go in slices; a reading that comes late is not kept."""
        self.disk.mark(MayGo(frozenset(key for key in self._stored if key[1] == DELETED)))
        self._meters.remove(DELETED)
        store.meters.delete(DELETED, keep_values=False)
        self.disk.mark(MustGo(DELETED))
        self._hear(store, int(self._clock.now().timestamp()), DELETED, 0)
        store.erasure.slice = 4
        store.erasure.finish()

    def _housekeeping(self, store: Store) -> None:
        limit = int((self._clock.now() - timedelta(days=1)).timestamp())
        self.disk.mark(MayGo(frozenset(key for key in self._stored if key[0] < limit)))
        store.housekeeping.maintain()
