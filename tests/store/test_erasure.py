"""Deleting a meter takes all of its values and nothing of others, also across a power cut."""

from __future__ import annotations

import pytest

from appliance.errors import Kind, RefusedError
from appliance.meters.meter import Meter
from appliance.store import Store
from appliance.store import erasure as erasing
from appliance.store.database import connected, query
from tests.store.conftest import Hall, OpenStore
from tests.store.telegrams import heat_meter, water_meter

RECEIVER = 7
SLOTS = 40
TABLES = ("reading", "missed", "outbox", "meter_log")


def settled(open_store: OpenStore, hall: Hall) -> Store:
    """Three meters with forty slots each: every fifth missed, each reading due to a receiver."""
    store = open_store(receivers=lambda _: (RECEIVER, RECEIVER + 2))
    store.meters.add(*(Meter(id=0, name=f"flat {number}") for number in range(1, 4)))
    for number in range(SLOTS):
        for meter in range(1, 4):
            bring(store, hall, meter, number)
    store.flush()
    return store


def bring(store: Store, hall: Hall, meter: int, number: int) -> None:
    """A reading of two telegrams, or a reason."""
    slot = hall.slot(number)
    if number % 5 == 0:
        store.missed(hall.missed(meter, slot=slot))
        return
    hall.clock.advance(seconds=0.001)
    telegrams = (heat_meter(meter, number, status=number % 2), water_meter(meter))
    store.accept(hall.heard(meter, slot=slot, telegrams=telegrams))


def rows(store: Store, meter: int) -> dict[str, int]:
    """How many rows of a meter each table has."""
    with connected(store._database):
        return {
            table: query(store._database, f"SELECT COUNT(*) FROM {table} WHERE meter = ?", (meter,))[0][0]
            for table in TABLES
        }


NOTHING = dict.fromkeys(TABLES, 0)


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "SLICE", 10)


def test_deleted_meter_takes_all_its_values_along_and_no_others(open_store: OpenStore, hall: Hall) -> None:
    store = settled(open_store, hall)
    others = (rows(store, 1), rows(store, 3))
    store.meters.delete(2, keep_values=False)
    assert store.erasure.finish() == 64 + 8 + rows(store, 1)["meter_log"]
    assert rows(store, 2) == NOTHING
    assert (rows(store, 1), rows(store, 3)) == others
    assert others[0]["reading"] == 64
    assert others[0]["outbox"] == 64
    assert store.meters.newest(2) is None


def test_several_meters_go_together(open_store: OpenStore, hall: Hall) -> None:
    store = settled(open_store, hall)
    store.meters.delete(1, 3, keep_values=False)
    store.erasure.finish()
    assert [rows(store, meter)["reading"] for meter in (1, 2, 3)] == [0, 64, 0]


def test_values_that_are_kept_can_be_read_by_number(open_store: OpenStore, hall: Hall) -> None:
    store = settled(open_store, hall)
    store.meters.delete(2)
    store.erasure.finish()
    assert len(store.readings.between(2)) == 32


def test_what_a_power_cut_left_half_deleted_is_finished_by_housekeeping(
    open_store: OpenStore, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = settled(open_store, hall)
    store.meters.delete(2, keep_values=False)

    def cut(done: int, of: int, sentence: str) -> None:
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        store.erasure.finish(cut)
    assert 0 < rows(store, 2)["reading"] < 64
    store._database.close_all()  # type: ignore[attr-defined]  # as when the power goes
    store.folder.unlock()
    store = open_store()
    store.housekeeping.maintain()
    assert rows(store, 2) == NOTHING
    assert rows(store, 1)["reading"] == 64


def test_reading_that_comes_late_is_not_kept(open_store: OpenStore, hall: Hall) -> None:
    store = settled(open_store, hall)
    store.meters.delete(2, keep_values=False)
    store.erasure.finish()
    bring(store, hall, 2, SLOTS + 1)
    bring(store, hall, 2, SLOTS + 5)
    bring(store, hall, 3, SLOTS + 1)
    store.flush()
    assert rows(store, 2) == NOTHING
    assert store.readings.at(3, hall.slot(SLOTS + 1)) is not None


def test_readings_are_written_between_two_slices(open_store: OpenStore, hall: Hall) -> None:
    store = settled(open_store, hall)
    store.meters.delete(2, keep_values=False)
    written: list[int] = []

    def go_on(done: int, of: int, sentence: str) -> None:
        bring(store, hall, 1, SLOTS + 1 + 5 * len(written))
        store.flush()
        written.append(len(hall.stored()))

    store.erasure.finish(go_on)
    assert len(written) > 4
    assert written == sorted(set(written))


def test_cleared_meter_loses_values_before_a_time_and_stays(open_store: OpenStore, hall: Hall) -> None:
    store = settled(open_store, hall)
    store.erasure.clear([2], hall.slot(30))
    store.erasure.finish()
    assert [heard.slot for heard in store.readings.between(2)] == [hall.slot(n) for n in range(30, SLOTS) if n % 5]
    assert {missed.slot for missed in store.readings.missed(0, meter=2)} == {hall.slot(30), hall.slot(35)}
    assert store.meters.find(2) is not None
    assert store.meters.ended(2) == hall.slot(39)
    bring(store, hall, 2, SLOTS + 1)
    store.flush()
    assert store.meters.newest(2) == water_meter(2)


def test_meter_cleared_twice_is_cleared_up_to_the_later_time(open_store: OpenStore, hall: Hall) -> None:
    store = settled(open_store, hall)
    store.erasure.clear([2], hall.slot(30))
    store.erasure.clear([2], hall.slot(10))
    store.erasure.finish()
    assert store.readings.between(2)[0].slot == hall.slot(31)


def test_number_is_not_taken_while_its_values_are_being_deleted(open_store: OpenStore, hall: Hall) -> None:
    store = settled(open_store, hall)
    store.meters.delete(2, keep_values=False)
    with pytest.raises(RefusedError, match="whose values are being deleted") as refused:
        store.meters.add(Meter(id=2))
    assert refused.value.kind is Kind.CONFLICT
