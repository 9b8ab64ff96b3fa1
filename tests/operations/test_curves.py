"""The past of a series: peaks stay, gaps are named, amounts are exact."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.operations.curves import Address, amounts, curve
from appliance.ports import Heard, ReadingKind
from tests.operations.world import World, water_meter

VOLUME: Address = ("volume", "instantaneous", 0, 0, 0)
STEP = 900


@pytest.fixture
def start(world: World) -> int:
    """Slot of the first of 200 readings that rise by 10 l; the 50th is a peak, ten are missing after the 100th."""
    world.store.meters.add(Meter(id=1, name="Cellar", secondary_address=SecondaryAddress.parse("10473001-ELS-1-7")))
    first = int(world.clock.now().timestamp())
    for number in range(200):
        if not 100 < number <= 110:
            read(world, first + number * STEP, 1_000_000 if number == 50 else 1000 + 10 * number)
    world.clock.advance(seconds=200 * STEP)
    return first


def read(world: World, slot: int, litres: int) -> None:
    at = world.clock.stamp()
    telegram = water_meter("10473001", litres)
    world.store.accept(Heard(meter=1, slot=slot, kind=ReadingKind.SCHEDULED, telegrams=(telegram,), at=at, urgent=True))
    world.store.flush()


def test_peak_stays_however_few_columns_there_are(world: World, start: int) -> None:
    found = curve(world.call, 1, VOLUME, start, start + 200 * STEP, columns=10)
    points = [point for run in found.runs for point in run]
    assert (start + 50 * STEP, Decimal("1000.000")) in points
    assert len(points) <= 2 * 11


def test_missing_readings_are_a_gap_and_end_a_run(world: World, start: int) -> None:
    found = curve(world.call, 1, VOLUME, start, start + 200 * STEP, columns=1000)
    assert found.gaps == ((start + 100 * STEP, start + 111 * STEP),)
    assert [len(run) for run in found.runs] == [101, 89]


def test_extremes_are_of_all_readings_with_their_digits(world: World, start: int) -> None:
    found = curve(world.call, 1, VOLUME, start, start + 200 * STEP, columns=2).extremes
    assert found is not None
    assert (found.least, found.most, found.most_at) == (Decimal("1.000"), Decimal("1000.000"), start + 50 * STEP)
    assert str(found.mean) == "7.247"


def test_value_at_the_cursor_is_the_nearest_reading(world: World, start: int) -> None:
    found = curve(world.call, 1, VOLUME, start, start + 200 * STEP, columns=1000)
    assert found.near(start + 3 * STEP + 100, STEP) == (start + 3 * STEP, Decimal("1.030"))
    assert found.near(start + 105 * STEP, STEP) is None


def test_amounts_are_what_a_counter_rose_by(world: World, start: int) -> None:
    hours = [start + hour * 4 * STEP for hour in range(5)]
    assert amounts(world.call, 1, VOLUME, hours) == (Decimal("0.040"),) * 4


def test_amount_beside_missing_readings_is_not_known(world: World, start: int) -> None:
    quarters = [start + number * STEP for number in range(98, 114)]
    found = amounts(world.call, 1, VOLUME, quarters)
    assert found[0] == Decimal("0.010")
    assert found[3:12] == (None,) * 9
    assert found[-1] == Decimal("0.010")


def test_counter_that_fell_is_no_amount(world: World, start: int) -> None:
    around_the_peak = [start + 49 * STEP, start + 50 * STEP, start + 51 * STEP]
    assert amounts(world.call, 1, VOLUME, around_the_peak) == (Decimal("998.510"), None)


def test_series_of_another_time_is_empty(world: World, start: int) -> None:
    later = start + int(timedelta(days=30).total_seconds())
    found = curve(world.call, 1, VOLUME, later, later + STEP, columns=80)
    assert (found.runs, found.gaps, found.extremes) == ((), (), None)
