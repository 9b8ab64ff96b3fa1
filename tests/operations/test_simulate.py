"""Faults and speed of a simulated building, ordered while it is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.clock import VirtualClock
from appliance.errors import RefusedError
from appliance.meters.meter import Meter
from appliance.operations.call import Call
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from drivers.simulated.line import SharedBus
from tests.operations.orders import cells, order, text
from tests.operations.world import World

URL = "simulated://boiler-room"


@pytest.fixture
def shared(clock: VirtualClock) -> SharedBus:
    building = load("boiler-room")
    return SharedBus(building, building.bus(clock), clock)


@pytest.fixture
def call(world: World, shared: SharedBus) -> Call:
    world.settings.set({"segment.main.url": URL}, "test")
    return replace(world.call, parts=replace(world.parts, simulation={URL: shared}.get))


def faults(call: Call, name: str) -> object:
    """Of one meter, as the list shows them."""
    listed = order(call, "simulate list")
    return dict(zip(cells(listed, "meter"), cells(listed, "faults"), strict=True))[name]


def test_fault_is_put_on_one_meter_for_a_time(call: Call, shared: SharedBus, clock: VirtualClock) -> None:
    first = shared.building.meters[0].name
    answer = order(call, f'simulate fault "{first}" deaf for=10min')
    assert answer.sentence == f"{first}: deaf for 10 min"
    assert faults(call, first) == ["deaf"]
    assert faults(call, shared.building.meters[1].name) == []
    clock.advance(seconds=601)
    assert faults(call, first) == []


def test_installed_meter_is_found_by_its_own_name_and_address(world: World, call: Call, shared: SharedBus) -> None:
    simulated = shared.building.meters[1]
    world.store.meters.add(Meter(id=7, name="Cellar", secondary_address=simulated.instrument.secondary_address))
    order(call, "simulate fault Cellar late")
    assert faults(call, simulated.name) == ["late"]
    order(call, "simulate fault id=7 none")
    assert faults(call, simulated.name) == []


def test_none_mends_the_whole_building(call: Call, shared: SharedBus) -> None:
    order(call, "simulate fault main bit_errors")
    order(call, f'simulate fault "{shared.building.meters[0].name}" late')
    assert faults(call, "whole bus") == ["bit_errors"]
    order(call, "simulate fault main none")
    assert {str(names) for names in cells(order(call, "simulate list"), "faults")} == {"[]"}


def test_fault_of_the_line_is_said_to_be_for_all(call: Call, shared: SharedBus) -> None:
    answer = order(call, f'simulate fault "{shared.building.meters[0].name}" short_circuit')
    assert answer.sentence == "main: short_circuit until simulate fault main none"
    assert faults(call, "whole bus") == ["short_circuit"]


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_put_in_by_its_name(call: Call, shared: SharedBus, fault: Fault) -> None:
    order(call, f"simulate fault main {fault.upper()}")
    assert faults(call, "whole bus") == [fault]


def test_word_that_is_no_fault_is_answered_with_those_there_are(call: Call, shared: SharedBus) -> None:
    with pytest.raises(RefusedError, match=r"short_circuit, .* vanishing_line or none"):
        order(call, "simulate fault main broken")


def test_consumption_runs_faster_from_now_on(call: Call, shared: SharedBus) -> None:
    order(call, "simulate speed 60")
    assert text(order(call, "simulate list")) == f"main: {shared.title}, consumption 60 times as fast as time"
    assert shared.speed == 60


def test_appliance_without_simulated_building_says_how_to_get_one(world: World) -> None:
    for line in ("simulate list", "simulate speed 2", "simulate fault main deaf"):
        with pytest.raises(RefusedError, match="segment add NAME simulated://apartment-block"):
            order(world, line)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("simulate fault main dead", "fault of simulate fault takes deaf, late"),
        ("simulate fault 99999999 deaf", "No meter matches 99999999"),
        ("simulate speed -1", "factor of simulate speed takes 0 to 1000000, not -1"),
    ],
)
def test_what_cannot_be_taken_is_told(call: Call, line: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        order(call, line)


def test_meter_of_another_segment_cannot_be_spoiled(world: World, call: Call) -> None:
    order(call, "segment add second serial:///dev/ttyUSB7")
    world.store.meters.add(Meter(id=8, name="Real", segment="second", primary_address=3))
    with pytest.raises(RefusedError, match="Real hangs on second, which is no simulated building"):
        order(call, "simulate fault Real deaf")
