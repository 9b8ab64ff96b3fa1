"""Old values go in slices, delivered ones only, and the log keeps its limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.log import Entry, Severity
from appliance.store import Store
from appliance.store.ballast import Space
from appliance.store.database import connected, query
from tests.store.conftest import SMALL, Hall, OpenStore


def days(store: Store, hall: Hall, count: int) -> None:
    """A reading of two meters and a missed slot every day."""
    for _ in range(count):
        store.accept(hall.heard(1))
        store.accept(hall.heard(2))
        store.missed(hall.missed(3))
        store.flush()
        hall.clock.advance(days=1)


def test_delivered_values_older_than_asked_for_go(open_store: OpenStore, hall: Hall) -> None:
    store = open_store(
        options=replace(SMALL, retention_days=10), receivers=lambda heard: (7,) if heard.meter == 2 else ()
    )
    days(store, hall, 30)
    store.outbox.delivered(7, store.outbox.waiting(7)[:25])
    store.housekeeping.maintain()
    assert len(store.readings.between(1)) == 10
    assert len(store.readings.between(2)) == 10
    assert len(store.readings.missed(0)) == 10


def test_slots_go_with_their_last_readings_and_come_again(open_store: OpenStore, hall: Hall) -> None:
    store = open_store(options=replace(SMALL, retention_days=10))
    first = hall.slot()
    days(store, hall, 30)
    store.housekeeping.maintain()
    with connected(store._database):
        assert query(store._database, "SELECT COUNT(*) FROM slot") == [(10,)]
    store.accept(hall.heard(1, slot=first))
    store.flush()
    assert [heard.slot for heard in store.readings.between(1)][:1] == [first]


def test_values_no_receiver_has_got_stay(open_store: OpenStore, hall: Hall) -> None:
    store = open_store(options=replace(SMALL, retention_days=10), receivers=lambda _: (7,))
    days(store, hall, 30)
    store.housekeeping.maintain()
    assert len(store.readings.between(1)) == 30


def test_without_a_limit_values_stay(store: Store, hall: Hall) -> None:
    days(store, hall, 30)
    store.housekeeping.maintain()
    assert len(store.readings.between(1)) == 30


def test_slices_are_small_transactions(open_store: OpenStore, hall: Hall) -> None:
    store = open_store(options=replace(SMALL, retention_days=1))
    store.accept(hall.heard(1))
    hall.clock.advance(seconds=60)  # from now on in batches
    for number in range(1, 2500):
        store.accept(hall.heard(number + 1))
    store.flush()
    hall.clock.advance(days=2)
    sliced: list[int] = []
    whole = store.housekeeping.retention._slice
    store.housekeeping.retention._slice = lambda *given: sliced.append(whole(*given)) or sliced[-1]  # type: ignore[func-returns-value,method-assign]  # counts what goes
    store.housekeeping.retention.by_age()
    assert [count for count in sliced if count] == [1000, 1000, 500]


def test_above_the_high_water_mark_the_oldest_values_go_first(open_store: OpenStore, hall: Hall) -> None:
    store = open_store()
    store.accept(hall.heard(51, slot=hall.slot(0)))
    hall.clock.advance(seconds=60)  # from now on in batches
    for number in range(60):
        for meter in range(1, 51):
            store.accept(hall.heard(meter, slot=hall.slot(number)))
    store.flush()
    store.housekeeping.shrink_log()
    size = store.folder.database.stat().st_size

    def space(folder: Path) -> Space:
        return Space(total=2 * size, free=2 * size - size * 85 // 100 - (folder / "busmeister.db").stat().st_size)

    store.housekeeping.retention._space = space
    before = store.folder.database.stat().st_size
    store.housekeeping.retention.by_space(0, store.housekeeping.shrink_log)
    slots = [heard.slot for heard in store.readings.between(50)]
    assert hall.slot(59) in slots
    assert len(slots) < 60
    assert slots == [hall.slot(number) for number in range(60 - len(slots), 60)]
    assert store.folder.database.stat().st_size < before


def test_disk_filled_by_others_costs_no_values(store: Store, hall: Hall) -> None:
    days(store, hall, 5)
    store.housekeeping.retention._space = lambda _: Space(1 << 40, 0)
    assert store.housekeeping.retention.by_space(0, lambda: None) == 0


def test_log_keeps_its_age_and_its_size(open_store: OpenStore, hall: Hall) -> None:
    store = open_store(options=replace(SMALL, log_days=31, log_size=20_000))
    began = hall.clock.now()
    for number in range(60):
        store.journal.take(Entry(hall.clock.now(), Severity.INFO, "bus", f"Day {number}."))
        hall.clock.advance(days=1)
    store.flush()
    store.housekeeping.maintain()
    entries = store.journal.entries(began, hall.clock.now(), count=1000)
    assert [entry.message for entry in entries] == [f"Day {number}." for number in range(59, 28, -1)]
    for number in range(2000):
        store.journal.take(Entry(hall.clock.now(), Severity.INFO, "bus", f"Number {number}."))
    store.flush()
    store.housekeeping.maintain()
    entries = store.journal.entries(began, hall.clock.now(), count=10_000)
    assert sum(len(entry.source) + len(entry.message) + 24 for entry in entries) <= 20_000
    assert entries[0].message == "Number 1999."


def test_check_from_end_to_end_finds_nothing_in_a_sound_file(store: Store, hall: Hall) -> None:
    days(store, hall, 3)
    assert store.housekeeping.check() is None
    assert store.housekeeping.last_check() == hall.clock.now()
