"""`readout now`: the present slot, for the meters that have no reading in it."""

from __future__ import annotations

from dataclasses import replace

from appliance.clock import VirtualClock
from appliance.events import RoundProgress
from appliance.ports import Heard, Missed, ReadingKind, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from tests.bus.test_rounds import Job, at
from tests.bus.world import World, faulty


def test_those_that_missed_the_present_slot_are_read_in_it(world: World) -> None:
    bus = world.add(faulty(load("apartment-block", meters=5), Fault.DEAF, 1, 2))
    world.run(minutes=10)
    bus.clear_faults()
    answer = world.engine.round_now()
    world.run(seconds=30)
    outcomes = answer.result()
    assert [outcome.meter for outcome in outcomes] == [2, 3]
    assert {(type(outcome), outcome.slot, outcome.kind) for outcome in outcomes} == {
        (Heard, at(6, 0), ReadingKind.SCHEDULED)
    }
    assert world.book.answered(at(6, 0), range(6)) == {1, 2, 3, 4, 5}
    assert world.book.doubled() == []
    assert world.of(RoundProgress)[-1].number == 2
    assert world.of(RoundProgress)[-1].due == 2


def test_nobody_is_asked_where_all_have_their_reading(world: World) -> None:
    world.add(load("apartment-block", meters=5))
    world.run(minutes=5)
    requests = world.engine.status()[0].counters.requests
    answer = world.engine.round_now()
    world.run(minutes=1)
    assert answer.result() == []
    assert world.engine.status()[0].counters.requests == requests


def test_round_under_way_is_joined(world: World) -> None:
    world.add(faulty(load("apartment-block", meters=20), Fault.DEAF, 0))
    world.run(minutes=15, seconds=5)
    job = Job()
    answer = world.engine.round_now(job)
    second = world.engine.round_now()
    world.run(minutes=8)
    assert len(answer.result()) == len(second.result()) == len(job.reports) < 20
    assert answer.result()[0].meter == 1
    assert isinstance(answer.result()[0], Missed)
    assert all(isinstance(outcome, Heard) for outcome in answer.result()[1:])
    assert world.book.doubled() == []
    assert len(world.book.ends) == 40
    assert max(event.number for event in world.of(RoundProgress)) == 2


def test_order_broken_off_leaves_the_round_it_joined_alone(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=5)
    job = Job()
    answer = world.engine.round_now(job)
    world.run(seconds=2)
    job.cancelled = True
    world.run(minutes=1)
    assert {outcome.reason for outcome in answer.result() if isinstance(outcome, Missed)} == {Reason.CANCELLED}
    assert world.book.reasons == {}
    assert len(world.book.heard) == 40


def test_what_is_missed_again_is_no_second_end_of_the_slot(world: World) -> None:
    world.add(faulty(load("apartment-block", meters=2), Fault.DEAF, 0))
    world.run(minutes=10)
    answer = world.engine.round_now()
    world.run(minutes=1)
    (missed,) = answer.result()
    assert isinstance(missed, Missed)
    assert missed.reason is Reason.NO_ANSWER
    assert len(world.book.ends) == 2


def test_order_that_meets_the_next_slot_gives_way(world: World) -> None:
    world.settings = replace(world.settings, schedule="1min")
    bus = world.add(faulty(load("apartment-block", meters=20), Fault.DEAF, *range(20)))
    world.run(seconds=59)
    bus.clear_faults()
    world.engine.round_now()
    world.run(seconds=30)
    assert Reason.LATE not in world.book.reasons
    assert world.book.answered(at(6, 1), range(21)) == set(range(1, 21))


def test_person_does_not_wait_for_a_bus_that_is_paused(world: World, clock: VirtualClock) -> None:
    world.add(load("apartment-block", meters=2))
    world.engine.prepare()
    world.run(minutes=14)
    world.engine.pause("main", clock.now().replace(hour=8))
    world.run(minutes=2)
    answer = world.engine.round_now()
    world.run(seconds=1)
    assert {outcome.reason for outcome in answer.result() if isinstance(outcome, Missed)} == {Reason.PAUSED}
    assert world.book.reasons == {}
