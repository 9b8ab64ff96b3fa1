"""A full, sick or busy disk never stops metering: nothing acknowledged is lost, nothing that waits is forgotten."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from appliance.errors import DiskFull, StoreError
from appliance.events import StorageTrouble
from appliance.store import Store, StoreOptions
from appliance.store.batch import Batch, Key
from appliance.store.database import PRAGMAS, close_all
from appliance.store.housekeeping import Housekeeping
from appliance.store.writer import MOST_WAITING
from tests.auditor import audit
from tests.store.conftest import SMALL, Hall, OpenStore
from tests.store.faulty_disk import BROKEN, FULL, FaultyDisk

BALLAST = replace(SMALL, ballast=64 << 10)


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    faulty = FaultyDisk(f"faulty-{uuid.uuid4().hex}")
    yield faulty
    faulty.unregister()


def later(store: Store, hall: Hall) -> None:
    """A minute later, when the writer has tried again."""
    for _ in range(3):
        hall.clock.advance(seconds=31)
        store.pump()


@pytest.mark.parametrize("error", [FULL, BROKEN])
def test_failure_at_any_call_loses_nothing(
    open_store: OpenStore,
    hall: Hall,
    disk: FaultyDisk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
) -> None:
    monkeypatch.setitem(PRAGMAS, "wal_autocheckpoint", 1)  # so that each commit also writes into the file itself
    store = open_store(vfs=disk.name)
    first = hall.slot()
    for call in range(1, 200):
        disk.fail_at(call, error)
        for meter in range(1, 6):
            store.accept(hall.heard(meter, slot=first + 900 * call))
        store.flush()
        reached = disk.heal()
        later(store, hall)
        if not reached:
            break
    assert call > 8
    store.close()
    found = audit(tmp_path / "busmeister.db")
    assert found.problems == []
    assert set(found.readings) == {(slot, meter) for meter, slot in hall.stored()}
    assert len(found.readings) == 5 * call


def test_full_disk_gives_up_the_reserve_file_and_goes_on(
    open_store: OpenStore, hall: Hall, disk: FaultyDisk, tmp_path: Path
) -> None:
    store = open_store(vfs=disk.name, options=BALLAST)
    ballast = tmp_path / "ballast"
    assert ballast.stat().st_blocks * 512 >= BALLAST.ballast  # really there, not a hole
    disk.fail_at(1)
    store.accept(hall.heard(urgent=True))
    assert len(hall.stored()) == 1
    assert not ballast.exists()
    assert "The disk is full" in hall.of_kind(StorageTrouble)[0].sentence
    store.pump()
    assert ballast.exists()  # made anew, for there is room again


def test_order_on_a_full_disk_is_refused_in_words(open_store: OpenStore, hall: Hall, disk: FaultyDisk) -> None:
    store = open_store(vfs=disk.name)
    disk.fail_at(1, on=True)
    with pytest.raises(DiskFull, match="The disk is full: free some room"):
        store.settings.save({"a": "b"}, "test")
    disk.heal()
    assert store.settings.load() == {}


def test_disk_that_stays_broken_keeps_readings_waiting_in_memory(
    open_store: OpenStore, hall: Hall, disk: FaultyDisk
) -> None:
    store = open_store(vfs=disk.name)
    disk.fail_at(1, BROKEN, on=True)
    for number in range(100):
        store.accept(hall.heard(1, slot=hall.slot(number)))
    assert (hall.stored(), store.meters.newest(1)) == ([], hall.heard(1).telegrams[0])
    assert store.meters.answered(hall.slot(3), [1]) == {1}
    disk.heal()
    later(store, hall)
    assert len(set(hall.stored())) == 100


def test_readings_that_a_full_disk_does_not_take_at_the_end_are_counted(
    open_store: OpenStore, hall: Hall, disk: FaultyDisk
) -> None:
    store = open_store(vfs=disk.name)
    disk.fail_at(1, on=True)
    for number in range(3):
        store.accept(hall.heard(1, slot=hall.slot(number)))
    store.missed(hall.missed(2))
    assert store.close() == 3
    assert store.close() == 0  # a second time there is nothing left to lose


def test_disk_without_room_for_the_reserve_file_is_told(
    open_store: OpenStore, caplog: pytest.LogCaptureFixture
) -> None:
    open_store(options=replace(SMALL, ballast=1 << 60))
    assert "The disk has no room for a reserve of" in caplog.text


def test_readings_beyond_what_fits_in_memory_are_counted(
    open_store: OpenStore, hall: Hall, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.store.writer.MOST_WAITING", 50)
    store = open_store(vfs=disk.name)
    disk.fail_at(1, BROKEN, on=True)
    for number in range(60):
        store.accept(hall.heard(1, slot=hall.slot(number)))
    disk.heal()
    later(store, hall)
    later(store, hall)
    kept = {slot for _, slot in hall.stored()}
    assert kept == {hall.slot(number) for number in range(-1, 60)} & kept
    assert len(kept) == 50
    texts = [entry.message for entry in store.journal.entries(hall.clock.now().replace(year=2000), hall.clock.now())]
    assert "10 readings and log entries were left out while the database could not be written." in texts
    assert MOST_WAITING == 20_000


def test_database_locked_by_another_program_is_waited_for(
    open_store: OpenStore, hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.store.database.BUSY_SECONDS", 0)
    store = open_store()
    store._database._timeout = 0  # type: ignore[attr-defined]  # the test does not wait for the lock
    store._database.close_all()  # type: ignore[attr-defined]  # connections keep the time they were made with
    other = apsw.Connection(str(tmp_path / "busmeister.db"))
    other.execute("BEGIN IMMEDIATE")
    store.accept(hall.heard(urgent=True))
    assert hall.stored() == []
    assert "locked by another program" in hall.of_kind(StorageTrouble)[0].sentence
    other.close()
    later(store, hall)
    assert len(hall.stored()) == 1


def test_item_that_the_database_never_takes_does_not_stop_the_others(store: Store, hall: Hall) -> None:
    store.accept(hall.heard(1))
    store.accept(hall.heard(1 << 70))
    store.accept(hall.heard(3))
    store.flush()
    assert [meter for meter, _ in hall.stored()] == [1, 3]


def test_disk_that_fails_while_items_go_one_by_one_loses_none_of_them(
    store: Store, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, calls = store._writer._write, iter(range(100))

    def write_or_fail(batch: Batch) -> tuple[Key, ...]:
        if next(calls) == 1:  # the batch itself was refused for the sake of one item
            raise StoreError("seeded")
        return write(batch)

    monkeypatch.setattr(store._writer, "_write", write_or_fail)
    for meter in (1, 1 << 70, 3):
        store.accept(hall.heard(meter))
    store.flush()
    later(store, hall)
    assert [meter for meter, _ in hall.stored()] == [1, 3]


def test_connection_opened_while_the_disk_is_full_can_read(open_store: OpenStore, hall: Hall, disk: FaultyDisk) -> None:
    store = open_store(vfs=disk.name)
    store.accept(hall.heard(urgent=True))
    close_all(store._database)
    disk.fail_at(1, on=True)
    assert len(store.readings.between(1)) == 1


def test_writer_goes_on_after_a_mistake_of_housekeeping(
    open_store: OpenStore, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticked = threading.Event()

    def fail() -> None:
        ticked.set()
        raise RuntimeError("seeded")

    monkeypatch.setattr(Housekeeping, "tick", lambda _: fail())
    store = open_store(threaded=True)
    store.settings.save({"a": "1"}, "test")
    assert ticked.wait(10)
    store.settings.save({"a": "2"}, "test")
    store.accept(hall.heard(urgent=True))
    store.close()
    assert len(hall.stored()) == 1


def test_duty_that_fails_keeps_no_other_from_being_done(
    store: Store, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*, wait: bool) -> None:
        raise DiskFull("seeded")

    monkeypatch.setattr(store.erasure, "finish", fail)
    store.accept(hall.heard(urgent=True))
    store.options = replace(SMALL, retention_days=1)
    hall.clock.advance(days=3)
    store.housekeeping.maintain()
    assert store.readings.between(1) == []


FULL_TMPFS = """
import sys
from dataclasses import replace
from pathlib import Path
from appliance.clock import VirtualClock
from appliance.store import Store, StoreOptions
from tests.auditor import audit
from tests.store.conftest import Hall
clock = VirtualClock()
hall = Hall(clock)
folder = Path(sys.argv[1])
store = Store.open(
    folder, clock=clock, publish=hall.publish, options=StoreOptions(ballast=256 << 10), threaded=False
)
clock.boot = store.boot
for number in range(600):
    for meter in range(1, 21):
        store.accept(hall.heard(meter, slot=hall.slot()))
    store.flush()
    clock.advance(seconds=900)
    store.pump()
store.accept(hall.heard(1, slot=hall.slot()))
store.flush()
assert hall.stored()[-1] == (1, hall.slot()), "metering stopped"
assert len(set(hall.stored())) == 12001, len(set(hall.stored()))
store.close()
found = audit(folder / "busmeister.db")
assert found.problems == [], found.problems
kept = {slot for slot, _ in found.readings}
newest = max(kept)
assert newest == hall.slot()
assert len(kept) > 100, "hardly anything was kept"
assert kept == set(range(min(kept), newest + 1, 900)), "the oldest did not go first"
print(len(kept), "slots kept")
"""


FULL_AT_START = """
import sys
from pathlib import Path
from appliance.clock import VirtualClock
from appliance.errors import DiskFull
from appliance.store import Store, StoreOptions
from tests.store.conftest import Hall
hall = Hall(VirtualClock())
folder = Path(sys.argv[1])
def start(data):
    options = StoreOptions(ballast=8 << 20)
    return Store.open(folder / data, clock=hall.clock, publish=hall.publish, options=options, threaded=False)
def fill(name):
    with (folder / name).open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
start("one").close()
assert (folder / "one" / "ballast").exists()
fill("films")
store = start("one")
store.accept(hall.heard(1, urgent=True))
assert len(hall.stored()) == 1, "metering stopped"
store.close()
fill("more films")
try:
    start("two")
except DiskFull as error:
    assert str(error) == f"The disk of {folder}/two is full: free some room.", error
"""


def on_small_disk(size: str, script: str, folder: Path) -> None:
    """Run a script whose folder is a disk of its own."""
    mounted = f"mount -t tmpfs -o size={size} tmpfs {folder} && exec {sys.executable} -c '{script}' {folder}"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mounted], cwd=root, capture_output=True, text=True, check=False, timeout=100
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_small_disk_that_runs_full_goes_on_for_ever_with_the_oldest_going_first(tmp_path: Path) -> None:
    on_small_disk("2m", FULL_TMPFS, tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_start_on_a_full_disk_gives_up_the_reserve_file_and_goes_on(tmp_path: Path) -> None:
    on_small_disk("40m", FULL_AT_START, tmp_path)


def test_store_that_cannot_write_where_it_is_says_so(open_store: OpenStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match=r"The data folder .* cannot be used \(Not a directory\)"):
        open_store(folder=tmp_path / "file" / "data")


def test_options_name_every_limit() -> None:
    assert StoreOptions().batch_readings == 50
    assert StoreOptions().batch_seconds == 30
    assert issubclass(DiskFull, StoreError)
