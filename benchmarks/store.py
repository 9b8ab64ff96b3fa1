"""How fast readings are written and found again, and how much room they take.

BUSMEISTER_BENCH_ROWS sets how many rows a year is looked for in (10 million where it is not given, about 1 GB).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import apsw

from appliance.clock import VirtualClock
from appliance.mbus.plan import Values
from appliance.ports import Heard, ReadingKind
from appliance.store import Store, StoreOptions
from benchmarks.measure import seconds
from benchmarks.registry import Row
from tests.store.telegrams import heat_meter

BATCH: Final = 1000
BATCHES: Final = 40
METERS: Final = 500
YEAR: Final = 35_040  # slots of a quarter of an hour
MOST_METERS: Final = 512
METER: Final = 257
ROWS: Final = int(os.environ.get("BUSMEISTER_BENCH_ROWS", "10000000"))
FILL: Final = (
    "WITH RECURSIVE slots(slot) AS (SELECT ?1 UNION ALL SELECT slot + 900 FROM slots WHERE slot < ?2) "
    "INSERT OR IGNORE INTO reading "
    "SELECT slot, meter, 0, 1, 0, 1, meter * 700, 3, ?3 FROM slots JOIN other ORDER BY slot, meter"
)


def run() -> Iterable[Row]:
    """All figures of the store."""
    yield from written()
    yield from year_found()


def written() -> Iterator[Row]:
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


def year_found() -> Iterator[Row]:
    """From the file to exact values: a year of one meter among many."""
    with folder() as path:
        store = Store.open(
            path,
            clock=VirtualClock(),
            publish=lambda _: None,
            options=StoreOptions(ballast=0, batch_readings=1000),
            threaded=False,
        )
        began = time.perf_counter()
        rows = fill(path, store)
        yield Row("rows in the file", rows, "rows", "", None)
        yield Row("filled in", time.perf_counter() - began, "s")
        if len(year_of(store)) != YEAR:
            raise AssertionError(f"A year has {YEAR} slots.")
        times = [seconds(year_of, store) for _ in range(5)]
        best = min(times) * 1000
        yield Row("a year of a meter to exact values, warm", best, "ms", "<= 150", best <= 150)
        store.close()


def year_of(store: Store) -> list[Values]:
    """Exact values of every reading of the meter, in order of time."""
    raw = store.readings.raw(METER)
    values_of = store.layouts.layout(raw[0].layout).values_of_data
    return [values_of(octets) for _, _, _, octets in raw]


def fill(path: Path, store: Store) -> int:
    """A year of the meter through the store, and rows of its neighbours as the store writes them; how many."""
    clock = VirtualClock()
    first = int(clock.now().timestamp())
    store.accept(
        Heard(
            meter=METER,
            slot=first,
            kind=ReadingKind.SCHEDULED,
            telegrams=(heat_meter(METER),),
            at=clock.stamp(),
            urgent=True,
        )
    )
    data = store.readings.raw(METER)[0].octets
    connection = apsw.Connection(str(path / "busmeister.db"))
    meters = [number * MOST_METERS // (ROWS // YEAR + 1) + 1 for number in range(ROWS // YEAR + 1)]
    numbers = sorted({*meters, METER})
    with connection:
        connection.execute("PRAGMA temp_store = memory; CREATE TEMP TABLE other (meter INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO other VALUES (?)", ((number,) for number in numbers))
        connection.execute(FILL, (first, first + (YEAR - 1) * 900, data))
    rows = connection.execute("SELECT COUNT(*) FROM reading").get
    connection.close()
    return int(rows)
