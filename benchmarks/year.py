"""A year of one meter among many: how fast its exact values are found, and what it takes to delete them.

BUSMEISTER_BENCH_ROWS sets how many rows there are (10 million where it is not given, about 1 GB).
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import apsw

from appliance.clock import VirtualClock
from appliance.mbus.codings import Raw
from appliance.ports import Heard, ReadingKind
from appliance.store import Store, StoreOptions
from appliance.store.rows import FOREVER
from benchmarks.measure import seconds
from benchmarks.registry import Row
from tests.store.telegrams import heat_meter

YEAR: Final = 35_040  # slots of a quarter of an hour
STEP: Final = 900
MOST_METERS: Final = 512
METER: Final = 257
ROWS: Final = int(os.environ.get("BUSMEISTER_BENCH_ROWS", "10000000"))
WARM_MS: Final = 150
SLICE_MS: Final = 500
REPEATED: Final = 15
SLOTS: Final = "WITH RECURSIVE slots(slot) AS (SELECT ?1 UNION ALL SELECT slot + 900 FROM slots WHERE slot < ?2) "
FILL_SLOTS: Final = f"{SLOTS} INSERT INTO slot SELECT slot FROM slots WHERE slot > ?1"
FILL: Final = (
    f"{SLOTS} INSERT OR IGNORE INTO reading "
    "SELECT slot, meter, 0, 1, 0, 1, meter * 700, 3, ?3 FROM slots JOIN other ORDER BY slot, meter"
)
CHANGE: Final = "UPDATE reading SET octets = ? WHERE slot = ? AND meter = ? AND telegram = 0"


def run() -> Iterator[Row]:
    """Filled, read, and deleted."""
    with tempfile.TemporaryDirectory(prefix="busmeister-bench-") as name:
        folder = Path(name)
        store = opened(folder)
        began = time.perf_counter()
        yield Row("rows in the file", fill(folder, store), "rows")
        yield Row("filled in", time.perf_counter() - began, "s")
        yield from found(folder, store)
        yield from deleted(store)
        store.close()


def opened(folder: Path) -> Store:
    """A store without a thread."""
    options = StoreOptions(ballast=0, batch_readings=1000)
    return Store.open(folder, clock=VirtualClock(), publish=lambda _: None, options=options, threaded=False)


def found(folder: Path, store: Store) -> Iterator[Row]:
    """From the file to exact values; cold: the machine has nothing of the file in memory."""
    forget(folder)
    cold = seconds(year_of, store, time.perf_counter)
    if {len(column) for column in year_of(store)} != {YEAR}:
        raise AssertionError(f"A year has {YEAR} slots.")
    warm = [seconds(year_of, store, time.process_time) * 1000 for _ in range(REPEATED)]
    best = min(warm)  # what others do on the machine only ever adds
    yield Row("a year of a meter to exact values, cold", cold * 1000, "ms")
    yield Row("a year of a meter to exact values, warm, best", best, "ms", f"<= {WARM_MS}", best <= WARM_MS)
    yield Row("the same, median", statistics.median(warm), "ms")


def year_of(store: Store) -> list[Sequence[Raw]]:
    """Exact values of every reading of the meter, a column a record, in order of time."""
    (block,) = store.readings.values(METER)
    return [block.values(index) for index in range(len(block.meanings))]


def deleted(store: Store) -> Iterator[Row]:
    """The meter's rows, slice by slice; the writer waits for one slice at most."""
    store.erasure.clear([METER], FOREVER)
    moments = [time.perf_counter()]
    count = store.erasure.finish(lambda *_: moments.append(time.perf_counter()))
    if count != YEAR:
        raise AssertionError(f"{YEAR} rows were to be deleted, not {count}.")
    longest = max(after - before for before, after in pairwise(moments))
    yield Row("a year of a meter deleted", moments[-1] - moments[0], "s")
    yield Row("longest slice of it", longest * 1000, "ms", f"<= {SLICE_MS}", longest * 1000 <= SLICE_MS)


def forget(folder: Path) -> None:
    """Take the file out of the machine's memory."""
    with (folder / "busmeister.db").open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def fill(folder: Path, store: Store) -> int:
    """A year of meters as the store writes them, other values in each reading of the one looked for; how many rows."""
    clock = VirtualClock()
    first = int(clock.now().timestamp())
    accept(store, clock, first)
    layout = store.layouts.layout(store.readings.raw(METER)[0][1])
    others = ROWS // YEAR + 1
    numbers = {METER, *(number * MOST_METERS // others + 1 for number in range(others))}
    last = first + (YEAR - 1) * STEP
    with apsw.Connection(str(folder / "busmeister.db")) as connection:
        connection.execute("PRAGMA temp_store = memory; CREATE TEMP TABLE other (meter INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO other VALUES (?)", ((number,) for number in sorted(numbers)))
        connection.execute(FILL_SLOTS, (first, last))
        connection.execute(FILL, (first, last, layout.data(heat_meter(METER))))
        year = ((slot, 77 * number) for number, slot in enumerate(range(first, last + 1, STEP)))
        connection.executemany(
            CHANGE, ((layout.data(heat_meter(METER, value, access=value)), slot, METER) for slot, value in year)
        )
    rows = connection.execute("SELECT COUNT(*) FROM reading").get
    connection.close()
    return int(rows)


def accept(store: Store, clock: VirtualClock, slot: int) -> None:
    """The first reading, by which the store learns the layout."""
    octets = (heat_meter(METER),)
    heard = Heard(meter=METER, slot=slot, kind=ReadingKind.SCHEDULED, telegrams=octets, at=clock.stamp(), urgent=True)
    store.accept(heard)
