"""How fast readings are written, and how much room they take."""

from __future__ import annotations

import contextlib
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from appliance.clock import VirtualClock
from appliance.ports import Heard, ReadingKind
from appliance.store import Store, StoreOptions
from benchmarks.measure import seconds
from benchmarks.registry import Row
from tests.store.telegrams import heat_meter

BATCH: Final = 1000
BATCHES: Final = 40
METERS: Final = 500
MINUTE: Final = 60
SLOT: Final = 900
REPEATED: Final = 5


def run() -> Iterator[Row]:
    """Writing, without and with outbox rows in the same transaction."""
    for receivers in (0, 1):
        written = [once(receivers) for _ in range(REPEATED)]
        speed, octets = (statistics.median(figures) for figures in zip(*written, strict=True))
        if receivers:
            yield Row("readings/s with an outbox row each", speed, "readings/s")
        else:
            yield Row("readings/s in batches of 1000", speed, "readings/s", ">= 40 000", speed >= 40_000)
            yield Row("heat meter of 15 records on the disk", octets, "octets/reading", "<= 100", octets <= 100)


def once(receivers: int) -> tuple[float, float]:
    """What `write` says, in a file of its own."""
    with folder() as path:
        return write(path, receivers)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="busmeister-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def write(path: Path, receivers: int) -> tuple[float, float]:
    """Readings a second, and octets on the disk per reading."""
    clock = VirtualClock()
    store = Store.open(
        path,
        clock=clock,
        publish=lambda _: None,
        options=StoreOptions(ballast=0, batch_readings=BATCH),
        receivers=lambda _: tuple(range(receivers)),
        threaded=False,
    )
    slot = int(clock.now().timestamp())
    store.accept(reading(0, slot - SLOT, clock))
    clock.advance(seconds=MINUTE)  # right after a start each reading is written by itself
    passed = sum(seconds(partial(take, store), batch) for batch in batches(slot, clock))
    store.close()
    count = 1 + BATCH * BATCHES
    return (count - 1) / passed, (path / "busmeister.db").stat().st_size / count


def take(store: Store, batch: Sequence[Heard]) -> None:
    """As the bus hands them over; the last one fills the batch, so that it is on the disk."""
    for heard in batch:
        store.accept(heard)


def batches(slot: int, clock: VirtualClock) -> Iterator[Sequence[Heard]]:
    """Readings of five hundred meters, round after round."""
    for batch in range(BATCHES):
        made = []
        for number in range(batch * BATCH, (batch + 1) * BATCH):
            clock.advance(seconds=0.9)
            made.append(reading(number, slot + number // METERS * SLOT, clock))
        yield made


def reading(number: int, slot: int, clock: VirtualClock) -> Heard:
    """One of a meter, which meters give in turn."""
    meter = number % METERS + 1
    octets = heat_meter(meter, number * 77, access=number)
    return Heard(meter=meter, slot=slot, kind=ReadingKind.SCHEDULED, telegrams=(octets,), at=clock.stamp())
