"""Meters that keep the whole bus from working when they are asked: it is found out which, and costs no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.clock import VirtualClock
from appliance.errors import LineLost
from appliance.events import BusState
from appliance.mbus.framer import Received
from appliance.ports import Heard, Missed, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from drivers.simulated.meter import SimulatedMeter
from tests.bus.test_rounds import at
from tests.bus.world import MAIN, World, faulty

BLOCKERS = {Fault.JAMS_WHEN_ASKED: Reason.JAMMED, Fault.SHORTS_WHEN_ASKED: Reason.OVERLOAD}
blockers = pytest.mark.parametrize(("fault", "reason"), BLOCKERS.items())


def of(world: World, meter: int) -> list[Heard | Missed]:
    return [end for end in world.book.ends if end.meter == meter]


@blockers
def test_meter_that_stops_the_bus_when_asked_misses_its_slots_for_that_alone(
    world: World, fault: Fault, reason: Reason
) -> None:
    world.add(faulty(load("apartment-block", meters=20), fault, 3))
    world.run(minutes=29)
    assert world.book.reasons == {reason: 2}
    assert len(world.book.heard) == 19 * 2
    missed = of(world, 4)[0]
    assert isinstance(missed, Missed)
    assert "when this meter is asked" in missed.detail


@blockers
def test_meter_that_stopped_the_bus_is_asked_last_and_once_a_round_until_it_answers(
    world: World, fault: Fault, reason: Reason
) -> None:
    bus = world.add(faulty(load("apartment-block", meters=20), fault, 3))
    world.run(minutes=14)
    stopped = sum(state_is_blocked(event) for event in world.events)
    world.run(minutes=15)
    assert sum(state_is_blocked(event) for event in world.events) == stopped + 1
    assert world.book.ends[-1].meter == 4
    bus.clear_faults()
    world.run(minutes=15)
    assert [end.meter for end in world.book.ends[-20:]] == [1, 2, 3, *range(5, 21), 4]
    world.run(minutes=15)
    assert [end.meter for end in world.book.ends[-20:]] == list(range(1, 21))


def state_is_blocked(event: object) -> bool:
    return getattr(event, "state", None) in (BusState.JAMMED, BusState.OVERLOAD)


@blockers
def test_slot_that_ends_soon_after_the_start_is_not_charged_to_the_bus(
    world: World, clock: VirtualClock, fault: Fault, reason: Reason
) -> None:
    clock.advance(minutes=14, seconds=50)
    world.add(faulty(load("apartment-block", meters=20), fault, 3))
    world.run(minutes=5)
    good = [end for end in world.book.ends if isinstance(end, Missed) and end.meter != 4]
    assert {(end.slot, end.reason) for end in good} == {(at(6, 0), Reason.OFF)}


@blockers
def test_two_meters_that_stop_the_bus_are_both_found(world: World, fault: Fault, reason: Reason) -> None:
    world.add(faulty(load("apartment-block", meters=6), fault, 1, 2))
    world.run(minutes=29)
    assert world.book.reasons == {reason: 4}
    assert len(world.book.heard) == 4 * 2


def test_bus_that_fails_at_everybody_is_no_meters_fault(world: World, clock: VirtualClock) -> None:
    bus = world.add(load("apartment-block", meters=5))
    bus.put_fault(Fault.SHORT_CIRCUIT, clock.monotonic(), duration=10 * 60.0)
    world.run(minutes=14)
    assert world.book.reasons == {}
    assert len(world.book.heard) == 5
    assert all(heard.at.wall > world.book.heard[0].at.wall - timedelta(minutes=1) for heard in world.book.heard)


@blockers
def test_person_is_told_at_once_and_the_others_of_the_order_are_read(
    world: World, fault: Fault, reason: Reason
) -> None:
    world.add(faulty(load("apartment-block", meters=6), fault, 1))
    world.settings = replace(world.settings, enabled=False)
    world.run(seconds=1)
    answer = world.engine.read([world.book.list[1]])
    world.run(seconds=10)
    (missed,) = answer.result()
    assert isinstance(missed, Missed)
    assert missed.reason is reason
    world.run(minutes=2)
    answer = world.engine.read(world.book.list)
    world.run(minutes=2)
    assert [isinstance(outcome, Heard) for outcome in answer.result()] == [True, False, True, True, True, True]


def test_person_does_not_wait_meter_by_meter_for_a_bus_without_voltage(world: World, clock: VirtualClock) -> None:
    bus = world.add(load("apartment-block", meters=6))
    world.settings = replace(world.settings, enabled=False)
    bus.put_fault(Fault.SHORT_CIRCUIT, clock.monotonic())
    world.run(seconds=1)
    answer = world.engine.read(world.book.list)
    world.run(minutes=2)
    assert {outcome.reason for outcome in answer.result() if isinstance(outcome, Missed)} == {Reason.OVERLOAD}


class TrippingBus:
    """A converter on USB that drops off the computer each time a certain meter answers."""

    def __init__(self, world: World, tripped_by: SimulatedMeter) -> None:
        self._bus = world.buses["main"]
        self._meter = tripped_by

    def take(self, now: float) -> Received:
        return self._bus.take(now)

    def send(self, now: float, octets: bytes) -> None:
        before = self._meter.sending
        self._bus.send(now, octets)
        if self._meter.sending != before:
            raise LineLost("The converter has gone.")

    def next_event(self) -> float | None:
        return self._bus.next_event()

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        self._bus.set_baud_rate(baud_rate, parity=parity)


def test_meter_at_which_the_line_is_lost_each_time_costs_no_other_its_reading(world: World) -> None:
    bus = world.add(load("apartment-block", meters=6))
    world.buses["main"] = TrippingBus(world, bus.meters[2])
    world.run(minutes=14)
    assert world.book.reasons == {Reason.LINE_LOST: 1}
    assert len(world.book.heard) == 5


TIGHT = [fault for fault in Fault if fault not in (Fault.SHORT_CIRCUIT, Fault.VANISHING_LINE)]


@pytest.mark.parametrize("fault", TIGHT)
def test_on_a_tight_schedule_bad_meters_cost_good_ones_nothing(world: World, fault: Fault) -> None:
    """Twenty meters every thirty seconds, a fifth of them ill; a good round takes fourteen. A bus that four meters
    stop in turn is lost for one round: who they are is known in the next."""
    world.settings = replace(world.settings, schedule="30s")
    world.add(faulty(load("apartment-block", meters=20), fault, 0, 1, 2, 3), replace(MAIN, overload_pause=5.0))
    world.run(minutes=6, seconds=25)
    learnt = at(6, 1) if fault in BLOCKERS else at(6, 0)
    good = [end for end in world.book.ends if end.meter > 4 and end.slot >= learnt]
    assert [end for end in good if isinstance(end, Missed)] == []
    assert len(good) >= 16 * 11
