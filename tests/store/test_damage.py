"""A damaged file never stops the appliance: it is set aside, and what the last good copy has comes back."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.events import StorageTrouble
from appliance.meters.meter import Meter
from appliance.store import Store
from appliance.store.damage import Lost
from appliance.store.database import connected, query
from appliance.store.last_good import KEPT
from tests.store.conftest import Hall, OpenStore
from tests.store.telegrams import heat_meter

DATABASE = "busmeister.db"


def fill(store: Store, hall: Hall, readings: int = 20) -> None:
    """Meters, a setting and readings, as after a while."""
    store.meters.add(*(Meter(id=0, name=f"flat {number}") for number in range(1, 4)))
    store.settings.save({"identity.name": "cellar"}, "test")
    slots = [hall.slot(number) for number in range(readings)]
    for slot in slots:
        hall.clock.advance(seconds=1)  # in a life that lasts, readings come to the disk together
        store.accept(hall.heard(1, slot=slot))
    store.flush()


def zero_the_head(octets: bytearray) -> None:
    octets[:100] = bytes(100)


def flip_the_name(octets: bytearray) -> None:
    octets[3] ^= 0xFF


def zero_the_schema(octets: bytearray) -> None:
    octets[100:4096] = bytes(3996)


def fill_with_nul(octets: bytearray) -> None:
    octets[:] = bytes(len(octets))


def cut_in_the_middle(octets: bytearray) -> None:
    del octets[len(octets) // 2 :]


def empty(octets: bytearray) -> None:
    octets.clear()


@pytest.mark.parametrize(
    "harm", [zero_the_head, flip_the_name, zero_the_schema, fill_with_nul, cut_in_the_middle, empty]
)
def test_damaged_file_is_set_aside_and_meters_and_settings_come_back(
    open_store: OpenStore, hall: Hall, tmp_path: Path, harm: object
) -> None:
    store = open_store()
    fill(store, hall)
    store.close()
    octets = bytearray((tmp_path / DATABASE).read_bytes())
    harm(octets)  # type: ignore[operator]  # one of the functions above
    (tmp_path / DATABASE).write_bytes(octets)

    store = open_store()

    assert store.recovery is not None
    assert store.recovery.restored
    assert not store.closed_on_network
    assert store.recovery.aside is not None
    assert store.recovery.aside.read_bytes() == octets
    assert [meter.name for meter in store.meters.all()] == ["flat 1", "flat 2", "flat 3"]
    assert store.settings.load() == {"identity.name": "cellar"}
    assert hall.of_kind(StorageTrouble) == [StorageTrouble(str(store.recovery))]
    assert store.boot > 1
    store.accept(hall.heard(1))
    store.flush()
    assert len(store.readings.between(1)) == 1


def test_missing_file_starts_from_the_last_good_copy(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store()
    fill(store, hall)
    store.close()
    (tmp_path / DATABASE).unlink()
    store = open_store()
    assert len(store.meters.all()) == 3
    assert store.recovery is not None
    assert store.recovery.aside is None


def test_numbers_of_deleted_meters_are_known_to_the_last_good_copy(
    open_store: OpenStore, hall: Hall, tmp_path: Path
) -> None:
    store = open_store()
    fill(store, hall)
    store.meters.delete(3)
    store.close()
    (tmp_path / DATABASE).unlink()
    store = open_store()
    assert [meter.id for meter in store.meters.add(Meter(id=0))] == [4]


def test_swaps_of_meters_come_back_from_the_last_good_copy(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store()
    fill(store, hall)
    hall.clock.advance(seconds=10)
    store.pump()
    assert store.housekeeping.check() is None
    successor = Meter(id=2, name="flat 2", primary_address=7)
    store.swaps.make(successor, 1_795_240_800)
    hall.clock.advance(seconds=10)
    store.pump()  # the copy is made for the swap alone, before the power goes
    copy = store.folder.configuration / "last-good"
    octets = copy.read_bytes()
    store.swaps.make(successor, 1_795_250_000)
    store.close()
    assert copy.read_bytes() != octets
    copy.write_bytes(octets)
    (tmp_path / DATABASE).unlink()
    store = open_store()
    assert store.swaps.of(2) == [1_795_240_800]
    assert store.meters.find(2) == successor
    assert store.swaps.of(1) == []
    assert store.housekeeping.last_check() is None  # what the store remembers of itself began anew


def test_readings_lost_with_a_damaged_file_are_counted(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store()
    fill(store, hall, readings=20)
    with connected(store._database):
        root = query(store._database, "SELECT rootpage FROM sqlite_master WHERE name = 'journal'")[0][0]
    store.close()
    octets = bytearray((tmp_path / DATABASE).read_bytes())
    octets[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    (tmp_path / DATABASE).write_bytes(octets)
    store = open_store()
    assert store.recovery is not None
    assert store.recovery.lost == Lost(20, all_seen=True)
    assert "held 20 readings" in str(store.recovery)


@pytest.mark.parametrize("harm", [zero_the_head, zero_the_schema, flip_the_name])
@pytest.mark.parametrize("readings", [3, 2000])
def test_readings_are_counted_by_pages_where_no_table_can_be_found(
    open_store: OpenStore, hall: Hall, tmp_path: Path, harm: Callable[[bytearray], None], readings: int
) -> None:
    store = open_store()
    fill(store, hall, readings)
    for meter in (2, 3):
        store.accept(hall.heard(meter, telegrams=(heat_meter(meter),) * meter))  # several telegrams are one reading
        store.missed(hall.missed(meter, slot=hall.slot(1)))
    store.flush()
    store.close()
    octets = bytearray((tmp_path / DATABASE).read_bytes())
    harm(octets)
    (tmp_path / DATABASE).write_bytes(octets)
    store = open_store()
    assert store.recovery is not None
    assert store.recovery.lost == Lost(readings + 2, all_seen=False)
    assert f"It held at least {readings + 2} readings" in str(store.recovery)


def test_readings_that_were_deleted_are_not_among_those_lost(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store()
    fill(store, hall, readings=1500)
    for number in range(40):
        store.accept(hall.heard(2, slot=hall.slot(number)))
    store.flush()
    store.meters.delete(1, keep_values=False)
    store.erasure.finish(lambda *progress: None)
    with connected(store._database):
        assert query(store._database, "PRAGMA freelist_count")[0][0] > 10  # pages that still hold what was deleted
    store.close()
    octets = bytearray((tmp_path / DATABASE).read_bytes())
    zero_the_schema(octets)
    (tmp_path / DATABASE).write_bytes(octets)
    recovery = open_store().recovery
    assert recovery is not None
    assert recovery.lost == Lost(40, all_seen=False)


def test_what_cannot_be_counted_says_why(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store()
    fill(store, hall)
    store.close()
    (tmp_path / DATABASE).write_bytes(bytes(20 * 4096))
    store = open_store()
    assert "How many readings it held cannot be told: no page of it shows any." in str(store.recovery)
    store.close()
    (tmp_path / DATABASE).unlink()
    assert "How many readings it held cannot be told: the file is gone." in str(open_store().recovery)


def test_readings_around_a_page_that_cannot_be_read_are_counted(
    open_store: OpenStore, hall: Hall, tmp_path: Path
) -> None:
    store = open_store()
    fill(store, hall, readings=400)
    with connected(store._database):
        root = query(store._database, "SELECT rootpage FROM sqlite_master WHERE name = 'reading'")[0][0]
    store.close()
    octets = bytearray((tmp_path / DATABASE).read_bytes())
    leaf = int.from_bytes(octets[(root - 1) * 4096 + 12 :][:2])  # the first cell of the root leads to a page below
    below = int.from_bytes(octets[(root - 1) * 4096 + leaf :][:4])
    octets[(below - 1) * 4096 : below * 4096] = b"\xff" * 4096
    (tmp_path / DATABASE).write_bytes(octets)
    store = open_store()
    assert store.recovery is not None
    assert store.recovery.lost is not None
    assert not store.recovery.lost.all_seen
    assert 200 < store.recovery.lost.readings < 400
    assert f"held at least {store.recovery.lost.readings} readings" in str(store.recovery)


def test_without_a_last_good_copy_it_stays_closed_until_a_person_says_so(
    open_store: OpenStore, hall: Hall, tmp_path: Path
) -> None:
    store = open_store()
    fill(store, hall)
    store.close()
    for copy in (tmp_path / "configuration").iterdir():
        copy.unlink()
    (tmp_path / DATABASE).write_bytes(bytes(8192))
    store = open_store()
    assert (store.closed_on_network, store.meters.all()) == (True, [])
    store.close()
    store = open_store()
    assert store.closed_on_network
    store.open_network()
    store.close()
    assert not open_store().closed_on_network


def test_file_that_breaks_while_running_is_replaced_and_the_batch_is_kept(
    open_store: OpenStore, hall: Hall, tmp_path: Path
) -> None:
    store = open_store()
    fill(store, hall)
    store.housekeeping.copy()
    store.housekeeping.shrink_log()
    with connected(store._database):
        pages = query(store._database, "SELECT rootpage FROM sqlite_master WHERE name IN ('reading', 'missed')")
    store._database.close_all()  # type: ignore[attr-defined]  # the pool's; its connections remember the pages
    with (tmp_path / DATABASE).open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)
    heard = hall.heard(2, slot=hall.slot(50))
    store.accept(heard)
    store.flush()
    assert store.recovery is not None
    assert hall.stored()[-1] == (2, heard.slot)
    assert store.readings.between(2) == [heard]
    assert len(store.meters.all()) == 3


def test_any_flipped_octet_lets_the_store_open(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store()
    fill(store, hall)
    store.close()
    sound = (tmp_path / DATABASE).read_bytes()
    chance = random.Random(1)
    for _ in range(40):
        octets = bytearray(sound)
        for _ in range(8):
            octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
        (tmp_path / DATABASE).write_bytes(octets)
        store = open_store()
        store.accept(hall.heard(9))
        store.flush()
        assert hall.stored()[-1][0] == 9
        store.close()


def test_missing_write_ahead_log_is_survived(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store()
    fill(store, hall)
    store.housekeeping.shrink_log()
    octets = (tmp_path / DATABASE).read_bytes()
    store.accept(hall.heard(1, slot=hall.slot(99)))
    store.close()
    (tmp_path / DATABASE).write_bytes(octets)
    store = open_store()
    assert store.recovery is None
    assert len(store.readings.between(1)) == 20


def test_ten_copies_are_kept_and_a_broken_one_is_passed_over(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store()
    for number in range(KEPT + 3):
        store.settings.save({"number": str(number)}, "test")
        hall.clock.advance(seconds=10)
        store.pump()
    store.close()
    copies = sorted((tmp_path / "configuration").iterdir())
    assert len(copies) == KEPT
    newest = tmp_path / "configuration" / "last-good"
    newest.write_bytes(newest.read_bytes()[:-1] + b"?")
    (tmp_path / DATABASE).unlink()
    assert open_store().settings.load() == {"number": str(KEPT + 1)}


def test_copies_that_say_the_same_do_not_push_out_older_ones(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    store.settings.save({"number": "1"}, "test")
    store.close()
    copies = sorted((tmp_path / "configuration").iterdir())
    newest = tmp_path / "configuration" / "last-good"
    for _ in range(KEPT):  # each start writes a copy
        before = newest.read_bytes()
        open_store().close()
        assert newest.read_bytes() != before
    assert sorted((tmp_path / "configuration").iterdir()) == copies


def test_planned_copy_is_made_though_nothing_changed(open_store: OpenStore, hall: Hall) -> None:
    store = open_store()
    hall.clock.advance(seconds=10)
    store.pump()
    os.utime(store.folder.configuration / "last-good", (0, 0))
    store.housekeeping.changed()
    hall.clock.advance(seconds=10)
    store.pump()
    copied = store.housekeeping.last_copy()
    assert copied is not None
    assert copied.timestamp() > 0


def test_copies_are_ten_seconds_apart(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store()
    hall.clock.advance(seconds=10)
    store.pump()
    for number in range(20):
        store.settings.save({"number": str(number)}, "test")
        hall.clock.advance(seconds=1)
        store.pump()
    assert len(list((tmp_path / "configuration").iterdir())) == 3


def test_copy_shows_nothing_without_the_key(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    store.settings.save({"mail.password": "hush-hush"}, "test")
    store.close()
    assert b"hush" not in (tmp_path / "configuration" / "last-good").read_bytes()
