"""Series of a meter: which there are, values and consumption by time."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from appliance.errors import RefusedError
from appliance.operations.series import Step, _edges
from appliance.operations.smoothing import rise, smoothed
from appliance.ports import Heard, ReadingKind
from tests.operations.orders import cells, order
from tests.operations.test_meter_state import install
from tests.operations.world import World, water_meter

HOUR = 3600


@pytest.fixture
def metered(world: World) -> World:
    """A meter read each hour of two days, its counter rising by a litre an hour; three hours are missing."""
    (meter,) = install(world, 1)
    start = int(world.clock.now().timestamp())
    for hour in range(-48, 1):
        if hour in (-20, -19, -18):
            continue
        telegrams = (water_meter("10473001", 412307 + hour),)
        slot, at = start + hour * HOUR, world.clock.stamp()
        world.store.accept(Heard(meter=meter.id, slot=slot, kind=ReadingKind.SCHEDULED, telegrams=telegrams, at=at))
    world.store.flush()
    return world


def test_series_of_a_meter_are_listed_with_their_newest_value(metered: World) -> None:
    answer = order(metered.person(1), "series list id=1")
    assert cells(answer, "series") == ["10473001/0", "10473001/1", "10473001/2"]
    assert cells(answer, "newest")[0] == Decimal("412.307")
    assert cells(answer, "count") == [46, 46, 46]


def test_values_come_newest_first_and_a_gap_is_marked(metered: World) -> None:
    answer = order(metered.person(1), "series show 10473001/0 since=2d")
    assert cells(answer, "value")[:2] == [Decimal("412.307"), Decimal("412.306")]
    assert [mark for mark in cells(answer, "mark") if mark] == ["after a gap"]


def test_consumption_by_day_is_what_the_counter_rose_between_midnights(metered: World) -> None:
    answer = order(metered.person(1), "series show 10473001/volume since=2d by=day consumption=true")
    days = dict(zip((f"{day:%d}" for day in cells(answer, "day")), cells(answer, "consumption"), strict=True))
    assert days["20"] == Decimal("0.024")


def test_hour_without_readings_is_a_gap(metered: World) -> None:
    answer = order(metered.person(1), "series show 10473001/0 since=2d by=hour consumption=true chart=true")
    assert cells(answer, "mark").count("gap") >= 3
    assert set(cells(answer, "consumption")) == {Decimal("0.001"), None}
    assert max(len(str(bar)) for bar in cells(answer, "chart")) == 40


def test_time_before_a_meter_was_first_read_is_no_gap(metered: World) -> None:
    answer = order(metered.person(1), "series show 10473001/0 since=31d by=day")
    assert [f"{day:%d}" for day in cells(answer, "day")] == ["21", "20", "19"]
    assert set(cells(answer, "mark")) == {""}


def test_marks_give_way_to_a_smooth_series_where_they_are_switched_off(metered: World) -> None:
    metered.settings.set({"series.gap_mark": "false"}, "test")
    by_hour = order(metered.person(1), "series show 10473001/0 since=2d by=hour consumption=true")
    assert set(cells(by_hour, "mark")) == {""}
    assert sum(value for value in cells(by_hour, "consumption") if isinstance(value, Decimal)) == Decimal("0.048")
    assert not any(cells(order(metered.person(1), "series show 10473001/0 since=2d"), "mark"))


def test_counter_that_fell_stood_still_where_no_marks_are_wanted() -> None:
    assert rise(Decimal("9.5"), Decimal("0.1")) == 0
    assert smoothed([None, Decimal("1.0"), None, Decimal("1.3"), None]) == [
        None, Decimal("1.0"), Decimal("1.2"), Decimal("1.3"), None,
    ]  # fmt: skip


@pytest.mark.parametrize(("weekday", "begins"), [("monday", 16), ("sunday", 15), ("saturday", 21)])
def test_week_begins_on_the_day_that_is_set(metered: World, weekday: str, begins: int) -> None:
    metered.settings.set({"localization.first_weekday": weekday}, "test")
    answer = order(metered.person(1), "series show 10473001/0 since=1d by=week")
    assert f"{cells(answer, 'week')[0]:%d}" == str(begins)


@pytest.mark.parametrize("name", ["10473001", "10473001/9", "/0", "10473001/"])
def test_series_that_does_not_exist_is_refused(metered: World, name: str) -> None:
    with pytest.raises(RefusedError, match=r"such as 10473002/0|has no series 9, only 0 volume"):
        order(metered, f"series show {name}")


def test_day_of_the_clock_change_has_its_own_length() -> None:
    zone = ZoneInfo("Europe/Zurich")
    first = datetime(2026, 10, 24, 12, tzinfo=zone)
    edges = list(_edges(first, datetime(2026, 10, 26, 12, tzinfo=zone), Step.DAY))
    hours = [(after.timestamp() - before.timestamp()) / HOUR for before, after in pairwise(edges)]
    assert hours == [24, 25, 24]
    hourly = list(_edges(first, datetime(2026, 10, 25, 12, tzinfo=zone), Step.HOUR))
    assert len({edge.timestamp() for edge in hourly}) == len(hourly)
