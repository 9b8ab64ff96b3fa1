"""Each fault of the simulated building: told apart, and never at another meter's cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.clock import VirtualClock
from appliance.events import BusState, BusTraffic, Direction, RoundProgress, SegmentChanged
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.dialogue.timing import CME3100_READOUT
from appliance.meters.meter import MultiTelegram
from appliance.ports import Heard, Missed, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from tests.bus.world import MAIN, World, faulty

ILL = (3, 7)  # places of the faulty meters; their numbers are one higher
HOUR = {"minutes": 59}  # the slots at 6:00, 6:15, 6:30, 6:45


def run_with(world: World, fault: Fault) -> None:
    world.add(faulty(load("apartment-block", meters=20), fault, *ILL))
    world.run(**HOUR)


def of_the_ill(world: World) -> list[Heard | Missed]:
    return [end for end in world.book.ends if end.meter - 1 in ILL]


@pytest.mark.parametrize(
    "fault", [fault for fault in Fault if fault not in (Fault.SHORT_CIRCUIT, Fault.VANISHING_LINE)]
)
def test_one_bad_meter_costs_no_other_its_reading(world: World, fault: Fault) -> None:
    run_with(world, fault)
    sound = [end for end in world.book.ends if end.meter - 1 not in ILL]
    assert len(sound) == 18 * 4
    assert all(isinstance(end, Heard) for end in sound)
    assert len(of_the_ill(world)) == 2 * 4
    assert world.book.doubled() == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.DEAF, Reason.NO_ANSWER),
        (Fault.WRONG_CHECKSUM, Reason.GARBLED),
        (Fault.TRUNCATED, Reason.GARBLED),
        (Fault.WRONG_ID, Reason.WRONG_ANSWER),
        (Fault.SWAPPED, Reason.NO_ANSWER),
    ],
)
def test_what_is_wrong_with_a_meter_is_told_apart(world: World, fault: Fault, reason: Reason) -> None:
    run_with(world, fault)
    assert {end.reason for end in of_the_ill(world) if isinstance(end, Missed)} == {reason}
    assert world.book.reasons == {reason: 8}


def test_every_reading_is_of_the_meter_it_is_kept_under(world: World) -> None:
    building = load("bad-wiring", seed=5)
    world.add(building)
    world.run(hours=6)
    addresses = {meter.id: meter.secondary_address for meter in world.book.list}
    for heard in world.book.heard:
        expected = addresses[heard.meter]
        for telegram in heard.telegrams:
            assert expected is None or expected.matches(SecondaryAddress.from_bytes(telegram[7:15]))


def test_late_meter_is_learnt_and_asked_once_from_then_on(world: World) -> None:
    run_with(world, Fault.LATE)
    assert world.book.reasons == {}
    before = world.engine.status()[0].counters.silences
    world.run(hours=1)
    assert world.engine.status()[0].counters.silences == before


def test_dead_meter_is_tried_once_a_round_after_three_silent_ones(world: World) -> None:
    run_with(world, Fault.DEAF)
    before = world.engine.status()[0].counters.silences
    world.run(minutes=15)
    assert world.engine.status()[0].counters.silences - before == len(ILL)


def test_dead_meter_that_comes_back_is_read_again(world: World) -> None:
    bus = world.add(faulty(load("apartment-block", meters=4), Fault.DEAF, 0))
    world.run(hours=2)
    bus.clear_faults()
    world.book.ends.clear()
    world.run(minutes=30)
    assert world.book.reasons == {}
    assert len(world.book.heard) == 8


def test_short_circuit_is_told_with_its_sentence_and_ends_by_itself(world: World, clock: VirtualClock) -> None:
    bus = world.add(load("apartment-block", meters=5))
    bus.put_fault(Fault.SHORT_CIRCUIT, clock.monotonic(), duration=20 * 60.0)
    world.run(minutes=14)
    assert world.engine.status()[0].state is BusState.OVERLOAD
    assert "short circuit" in world.engine.status()[0].sentence
    world.run(minutes=15)
    assert world.book.reasons == {Reason.OVERLOAD: 5}
    assert len(world.book.heard) == 5
    assert world.engine.status()[0].state is BusState.IDLE


def test_babbling_bus_is_jammed_until_it_falls_silent(world: World, clock: VirtualClock) -> None:
    bus = world.add(load("apartment-block", meters=5))
    bus.put_fault(Fault.BABBLING, clock.monotonic(), duration=20 * 60.0)
    world.run(minutes=14)
    assert world.engine.status()[0].state is BusState.JAMMED
    world.run(minutes=15)
    assert world.book.reasons == {Reason.JAMMED: 5}
    assert len(world.book.heard) == 5


def test_line_that_vanishes_is_opened_again_and_the_round_goes_on(world: World, clock: VirtualClock) -> None:
    bus = world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=5)
    bus.put_fault(Fault.VANISHING_LINE, clock.monotonic(), duration=120.0)
    world.run(minutes=10)
    assert world.book.reasons == {}
    assert len(world.book.heard) == 40
    states = [event.state for event in world.of(SegmentChanged)]
    assert BusState.LOST in states
    assert states[-1] is BusState.IDLE


def test_line_gone_for_a_whole_period_is_the_reason_of_its_slots(world: World, clock: VirtualClock) -> None:
    bus = world.add(load("apartment-block", meters=5))
    world.run(minutes=14)
    bus.put_fault(Fault.VANISHING_LINE, clock.monotonic(), duration=40 * 60.0)
    world.run(minutes=47)
    assert world.book.reasons == {Reason.LINE_LOST: 10}
    assert world.book.doubled() == []
    assert len(world.book.heard) == 15  # 6:00, 6:45 once the line is back, 7:00


def test_endless_meter_gives_no_more_than_the_safety_stop(world: World) -> None:
    world.add(faulty(load("apartment-block", meters=2), Fault.ENDLESS, 0))
    world.book.list[0] = replace(world.book.list[0], multi_telegram=MultiTelegram.AUTO)
    world.run(minutes=5)
    assert max(len(heard.telegrams) for heard in world.book.heard) == 32
    assert len(world.book.heard) == 2


def test_a_bus_full_of_faults_ends_every_slot_exactly_once(world: World) -> None:
    world.add(load("bad-wiring"))
    world.run(hours=12)
    assert world.book.doubled() == []
    slots = {tuple(world.book.slots(meter.id)) for meter in world.book.list}
    assert len(slots) == 1
    assert len(slots.pop()) >= 12 * 4


def test_fixed_profile_reads_the_same_building_only_slower(world: World) -> None:
    building = faulty(load("apartment-block", meters=8), Fault.LATE, 1)
    world.add(faulty(building, Fault.DEAF, 2), replace(MAIN, readout=CME3100_READOUT))
    world.run(minutes=29)
    assert world.book.reasons == {Reason.NO_ANSWER: 2}
    assert len(world.book.heard) == 14


def test_round_on_the_fixed_profile_begins_with_initialise_to_all_and_waits(world: World) -> None:
    world.wanted.add(BusTraffic)
    world.add(load("apartment-block", meters=3), replace(MAIN, readout=CME3100_READOUT))
    world.run(minutes=16)
    sent = [event for event in world.of(BusTraffic) if event.direction is Direction.SENT]
    to_all = [place for place, event in enumerate(sent) if event.octets == bytes.fromhex("10 40 ff 3f 16")]
    assert len(to_all) == 2
    for place in to_all:
        idle = (sent[place + 1].at - sent[place].at).total_seconds()
        assert idle >= CME3100_READOUT.initialization_idle_time
    assert len(world.book.heard) == 6


@pytest.mark.parametrize(("fault", "retries"), [(None, 0), (Fault.DEAF, 2 * (2 + 3))])
def test_round_counts_how_often_meters_were_asked_again(world: World, fault: Fault | None, retries: int) -> None:
    building = load("apartment-block", meters=20)
    world.add(building if fault is None else faulty(building, fault, *ILL))
    world.run(minutes=14)
    (ended,) = [event for event in world.of(RoundProgress) if event.ended is not None]
    assert ended.retries == retries
