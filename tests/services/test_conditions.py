"""What switches relays: each condition in the situation that it names, and none when all is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest

from appliance.clock import ClockQuality
from appliance.events import BusState
from appliance.services.front_panel.conditions import conditions
from appliance.services.front_panel.pages import Facts
from appliance.settings.subjects.panel import Condition
from tests.operations.world import World

NOW: Final = datetime(2026, 11, 21, 6, tzinfo=UTC)


def wrong(world: World, *states: BusState, silent: int = 0, failed: int = 0, faulty: int = 0) -> frozenset[str]:
    """The conditions that hold with this bus and these meters."""
    return conditions(world.call, Facts(now=NOW, silent=silent, failed=failed, faulty=faulty), states)


def lose_time(world: World) -> frozenset[str]:
    world.clock.quality = ClockQuality.UNTRUSTED
    return wrong(world)


def fill_disk(world: World) -> frozenset[str]:
    world.settings.set({"storage.disk_warning": "100000"}, "test")
    return wrong(world)


def damage(world: World) -> frozenset[str]:
    world.store.recovery = object()  # type: ignore[assignment]  # any account of it will do
    return wrong(world)


SITUATIONS: Final[dict[Condition, Callable[[World], frozenset[str]]]] = {
    Condition.SHORT_CIRCUIT: lambda world: wrong(world, BusState.IDLE, BusState.OVERLOAD),
    Condition.OVERLOAD: lambda world: wrong(world, BusState.OVERLOAD),
    Condition.SEGMENT_LOST: lambda world: wrong(world, BusState.LOST),
    Condition.READOUT_FAILED: lambda world: wrong(world, failed=1),
    Condition.METER_SILENT: lambda world: wrong(world, silent=1),
    Condition.METER_ERROR: lambda world: wrong(world, faulty=1),
    Condition.TIME_INVALID: lose_time,
    Condition.DISK_LOW: fill_disk,
    Condition.STORAGE_DAMAGED: damage,
}


@pytest.mark.parametrize("condition", SITUATIONS)
def test_condition_holds_in_its_situation_and_not_when_all_is_well(world: World, condition: Condition) -> None:
    assert wrong(world, BusState.IDLE, BusState.ROUND) == frozenset()
    assert condition in SITUATIONS[condition](world)


def test_every_condition_can_come_but_the_one_for_the_hand() -> None:
    assert set(Condition) - SITUATIONS.keys() == {Condition.MANUAL}


def test_line_that_a_person_must_see_to_is_lost_too(world: World) -> None:
    assert wrong(world, BusState.REFUSED) == {"segment_lost"}


def test_meter_that_is_silent_is_one_that_could_not_be_read(world: World) -> None:
    assert wrong(world, silent=2) == {"meter_silent", "readout_failed"}
