"""What a day of five hundred meters costs the flash: octets written and syncs, counted below SQLite."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import apsw

from appliance.clock import VirtualClock
from appliance.events import RoundProgress
from appliance.log import Severity
from appliance.ports import Heard, Missed, ReadingKind, Reason
from appliance.store import Store, StoreOptions
from benchmarks.registry import Row
from tests.store.telegrams import heat_meter

METERS: Final = 500
DAYS: Final = 3  # the first fills the file, the last is counted
ROUNDS: Final = 96
DEAD: Final = 50  # every fiftieth meter is silent
MOST_MEGABYTES: Final = 60
MOST_SYNCS: Final = 1500


class CountingDisk(apsw.VFS):
    """The machine's disk, counting what it is asked to make lasting."""

    def __init__(self) -> None:
        self.octets = self.syncs = 0
        self.name = f"counting-{uuid.uuid4().hex}"
        super().__init__(self.name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - apsw's name
        return _File(self, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, disk: CountingDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's name
        self._disk.octets += len(data)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's name
        self._disk.syncs += 1
        super().xSync(flags)


def run() -> Iterable[Row]:
    """A day of readings, housekeeping every hour, as in virtual time."""
    disk, clock, folder = CountingDisk(), VirtualClock(), Path(tempfile.mkdtemp(prefix="busmeister-bench-"))
    store = Store.open(
        folder,
        clock=clock,
        publish=lambda _: None,
        options=StoreOptions(ballast=0),
        receivers=lambda _: (1,),
        threaded=False,
        vfs=disk.name,
    )
    try:
        for day in range(DAYS):
            if day == DAYS - 1:
                disk.octets = disk.syncs = 0
            for number in range(ROUNDS):
                round_of_all(store, clock, day * ROUNDS + number)
        megabytes, syncs = disk.octets / 1e6, disk.syncs
    finally:
        store.close()
        shutil.rmtree(folder)
    yield Row("flash: 500 meters, 15 min", megabytes, "MB a day", "<= 60", megabytes <= MOST_MEGABYTES)
    yield Row("flash: syncs", syncs, "a day", "<= 1500", syncs <= MOST_SYNCS)


def round_of_all(store: Store, clock: VirtualClock, number: int) -> None:
    """A quarter of an hour: a round of four minutes, its values delivered, housekeeping every hour."""
    slot, began = int(clock.now().timestamp()), clock.now()
    for meter in range(1, METERS + 1):
        clock.advance(seconds=0.5)
        if meter % DEAD == 0:
            store.missed(missed(meter, slot, clock))
        else:
            octets = heat_meter(meter, number * 7 + meter, access=number)
            store.accept(
                Heard(meter=meter, slot=slot, kind=ReadingKind.SCHEDULED, telegrams=(octets,), at=clock.stamp())
            )
    store.journal.add(Severity.INFO, "bus", f"Round {number} is over: 490 answered, 10 missed.")
    store.round_ended(RoundProgress(number, slot, "main", METERS, 490, 10, began, clock.now()))
    store.flush()
    store.outbox.delivered(1, store.outbox.waiting(1))
    if number % 4 == 0:
        store.housekeeping.maintain()
    clock.advance(seconds=900 - METERS * 0.5)


def missed(meter: int, slot: int, clock: VirtualClock) -> Missed:
    """A silent meter."""
    return Missed(
        meter=meter,
        slot=slot,
        kind=ReadingKind.SCHEDULED,
        reason=Reason.NO_ANSWER,
        detail="No answer within 188 ms, three times.",
        at=clock.stamp(),
    )
