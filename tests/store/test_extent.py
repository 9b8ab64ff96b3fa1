"""How much is kept is told exactly where that is little, nearly where it is much, and without reading all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.ports import ReadingKind
from appliance.store import Store, StoreOptions
from appliance.store.ballast import Space
from appliance.store.extent import Extent
from tests.store.conftest import Hall
from tests.store.telegrams import heat_meter, water_meter

GIGABYTE = 1 << 30


def rounds(store: Store, hall: Hall, count: int) -> None:
    """Rounds of ten meters, one of them with two telegrams, and a reading off the grid in each."""
    for _ in range(count):
        for meter in range(1, 11):
            more = (water_meter(meter),) if meter == 1 else ()
            store.accept(hall.heard(meter, telegrams=(heat_meter(meter), *more)))
        store.accept(hall.heard(1, slot=hall.slot() + 77, kind=ReadingKind.MANUAL))
        store.flush()
        hall.clock.advance(minutes=15)


def test_empty_store_has_nothing_and_no_end(store: Store) -> None:
    extent = store.survey.extent()
    assert extent == Extent(file=extent.file)


def test_few_readings_are_counted(store: Store, hall: Hall) -> None:
    began = hall.slot()
    rounds(store, hall, 20)
    extent = store.survey.extent()
    assert (extent.readings, extent.counted) == (220, True)
    assert extent.oldest is not None
    assert extent.newest is not None
    assert extent.oldest.timestamp() == began
    assert extent.newest - extent.oldest == timedelta(minutes=19 * 15, seconds=77)


def test_many_readings_are_estimated(store: Store, hall: Hall) -> None:
    rounds(store, hall, 200)
    extent = store.survey.extent()
    assert (extent.readings, extent.counted) == (2200, False)


@pytest.mark.parametrize(
    ("free", "retention", "days"), [(GIGABYTE, 0, range(400, 4000)), (GIGABYTE, 30, None), (0, 30, range(1))]
)
def test_days_left_follow_from_growth_room_and_retention(
    store: Store, hall: Hall, monkeypatch: pytest.MonkeyPatch, free: int, retention: int, days: range | None
) -> None:
    store.options = replace(store.options, retention_days=retention, high_water=StoreOptions().high_water)
    monkeypatch.setattr(Space, "of", lambda _: Space(10 * GIGABYTE, free + GIGABYTE))
    rounds(store, hall, 150)
    left = store.survey.extent().days_left
    assert left is None if days is None else left in days
