"""How fast readings are written, and how much room they take."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from appliance.clock import VirtualClock
from appliance.ports import Heard, ReadingKind
from appliance.store import Store, StoreOptions
from benchmarks.registry import Row
from tests.store.telegrams import heat_meter

BATCH: Final = 1000
BATCHES: Final = 40
METERS: Final = 500


def run() -> Iterator[Row]:
    """Writing, without and with outbox rows in the same transaction."""
    for receivers in (0, 1):
        with folder() as path:
            speed, octets = write(path, receivers)
        if receivers:
            yield Row("readings/s with an outbox row each", speed, "readings/s")
        else:
            yield Row("readings/s in batches of 1000", speed, "readings/s", ">= 40 000", speed >= 40_000)
            yield Row("heat meter of 15 records on the disk", octets, "octets/reading", "<= 100", octets <= 100)


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
    readings = list(rounds(clock))
    began = time.perf_counter()
    for heard in readings:
        store.accept(heard)
    passed = time.perf_counter() - began
    store.close()
    return len(readings) / passed, (path / "busmeister.db").stat().st_size / len(readings)


def rounds(clock: VirtualClock) -> Iterator[Heard]:
    """Readings of five hundred meters, round after round."""
    slot = int(clock.now().timestamp())
    for number in range(BATCH * BATCHES):
        clock.advance(seconds=0.9)
        meter, instant = number % METERS + 1, slot + number // METERS * 900
        octets = heat_meter(meter, number * 77, access=number)
        yield Heard(meter=meter, slot=instant, kind=ReadingKind.SCHEDULED, telegrams=(octets,), at=clock.stamp())
