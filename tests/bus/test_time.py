"""Clock steps, restarts, an untrusted clock: every slot of every meter ends in exactly one of Heard or Missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from appliance.bus.slots import SlotPlan
from appliance.clock import ClockQuality, VirtualClock
from appliance.cron import Schedule
from appliance.events import ClockStepped, RoundProgress
from appliance.ports import Heard, Missed, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from tests.bus.test_rounds import Job, at
from tests.bus.world import World, faulty

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = 900


def grid(first: int, last: int) -> list[int]:
    return list(range(first, last + 1, QUARTER))


def test_clock_set_forward_misses_the_slots_it_jumped_over_with_the_reason(world: World, clock: VirtualClock) -> None:
    world.add(load("apartment-block", meters=3))
    world.run(minutes=20)
    clock.step(timedelta(hours=1))
    world.run(minutes=30)
    assert world.book.slots(1) == grid(at(6, 0), at(7, 45))
    assert world.book.reasons == {Reason.CLOCK: 4 * 3}  # 6:30, 6:45, 7:00, 7:15
    assert world.of(ClockStepped)


def test_slot_the_clock_stepped_over_by_a_second_is_read(world: World, clock: VirtualClock) -> None:
    world.add(load("apartment-block", meters=3))
    world.run(minutes=14, seconds=59)
    clock.step(timedelta(seconds=2))
    world.run(minutes=5)
    assert world.book.reasons == {}
    assert world.book.slots(1) == [at(6, 0), at(6, 15)]


def test_clock_set_back_reads_no_slot_twice(world: World, clock: VirtualClock) -> None:
    world.add(load("apartment-block", meters=3))
    world.run(hours=1, minutes=5)
    clock.step(timedelta(hours=-1))
    world.run(hours=1, minutes=30)
    assert world.book.doubled() == []
    assert world.book.slots(1) == grid(at(6, 0), at(7, 30))


def test_clock_a_day_fast_and_set_right_reads_the_present_day(world: World, clock: VirtualClock) -> None:
    clock.step(timedelta(days=1))
    world.add(load("apartment-block", meters=1))
    world.run(minutes=31)
    clock.step(timedelta(days=-1))
    world.run(minutes=30)
    assert world.book.doubled() == []
    assert {at(6, 45), at(7, 0)} <= set(world.book.slots(1))


@pytest.mark.parametrize("year", [2038, 2079])
def test_clock_gone_mad_writes_no_flood_of_reasons(world: World, clock: VirtualClock, year: int) -> None:
    world.add(load("apartment-block", meters=1))
    world.run(minutes=16)
    clock.step(datetime(year, 1, 1, tzinfo=UTC) - clock.now())
    world.run(minutes=16)
    assert len(world.book.ends) < 7 * 96 + 5
    assert world.book.doubled() == []


def test_round_interrupted_by_a_restart_is_finished_without_asking_anybody_twice(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=5)
    first = {heard.meter for heard in world.book.heard if heard.slot == at(6, 15)}
    assert 0 < len(first) < 20
    world.restart(seconds=20)
    world.run(minutes=5)
    second = [heard.meter for heard in world.book.heard if heard.slot == at(6, 15)]
    assert sorted(second) == list(range(1, 21))
    assert {end.reason for end in world.book.ends if isinstance(end, Missed)} == {Reason.STOPPED}


def test_rounds_are_counted_on_after_a_restart(world: World) -> None:
    world.add(load("apartment-block", meters=3))
    world.run(minutes=31)
    world.restart(seconds=20)
    world.run(minutes=31)
    numbers = [done.number for done in world.rounds]
    assert len(numbers) >= 4
    assert numbers == sorted(set(numbers))


def test_slots_that_passed_while_the_appliance_was_off_have_that_reason(world: World) -> None:
    world.add(load("apartment-block", meters=3))
    world.run(minutes=20)
    world.restart(hours=2)
    world.run(minutes=12)
    assert world.book.slots(1) == grid(at(6, 0), at(8, 30))
    assert world.book.reasons == {Reason.OFF: 7 * 3}  # 6:30 to 8:00; the slot of 8:15 is not over


def test_long_absence_is_accounted_for_by_its_last_week_alone(world: World) -> None:
    world.add(load("apartment-block", meters=1))
    world.run(minutes=5)
    world.restart(days=400)
    world.run(minutes=5)
    assert len(world.book.ends) < 7 * 96 + 5


def test_slot_that_begins_while_the_one_before_is_resumed_is_not_lost(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.restart(minutes=14, seconds=55)
    world.run(minutes=5)
    assert set(world.book.reasons) == {Reason.OFF}
    assert len(world.book.heard) + world.book.reasons[Reason.OFF] == 40
    assert len([heard for heard in world.book.heard if heard.slot == at(6, 15)]) == 20


def test_rounds_before_the_clock_is_trusted_are_marked_and_the_plan_goes_on_after(
    world: World, clock: VirtualClock
) -> None:
    world.add(load("apartment-block", meters=3))
    world.run(minutes=20)
    world.engine.stop()
    true_time = clock.now()
    boot = datetime(2000, 1, 1, 0, 2, tzinfo=UTC)
    clock.step(boot - true_time)
    clock.quality = ClockQuality.UNTRUSTED
    world.engine = world.make_engine()
    world.run(minutes=40)
    marked = [heard for heard in world.book.heard if heard.at.quality is ClockQuality.UNTRUSTED]
    assert [heard.slot for heard in marked if heard.meter == 1] == grid(
        int(boot.timestamp()) - 120, int(boot.timestamp()) - 120 + 2 * QUARTER
    )
    clock.step(true_time + timedelta(minutes=40) - clock.now())
    clock.quality = ClockQuality.TRUSTED
    world.run(minutes=31)
    assert world.book.reasons == {}
    assert [slot for slot in world.book.slots(1) if slot > at(6, 15)] == [at(7, 0), at(7, 15), at(7, 30)]


def test_stop_gives_every_open_slot_and_order_its_reason(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.run(seconds=3)
    answer = world.engine.read(world.book.list[:5])
    world.engine.stop()
    assert {outcome.reason for outcome in answer.result() if isinstance(outcome, Missed)} == {Reason.STOPPED}
    assert [len(world.book.slots(meter.id)) for meter in world.book.list] == [1] * 20


def test_both_edges_of_summer_time_are_read_through(clock: VirtualClock) -> None:
    for start in (datetime(2026, 3, 29, 0, 31, tzinfo=UTC), datetime(2026, 10, 24, 23, 31, tzinfo=UTC)):
        clock.step(start - clock.now())
        world = World(clock)
        world.add(load("apartment-block", meters=1))
        world.run(hours=3)
        first = int(start.timestamp()) - 60
        assert world.book.slots(1) == grid(first, first + 3 * 3600)
        assert world.book.reasons == {}


@pytest.mark.parametrize("seed", range(12))
def test_every_slot_ends_exactly_once_whatever_happens(clock: VirtualClock, seed: int) -> None:
    """Steps of minutes, orders broken off, pauses, leases, lost lines and dead meters, in a random order."""
    random = Random(seed)
    world = World(clock)
    world.settings = replace(world.settings, schedule=random.choice(["1min", "5min", "*/3 * * * *|7 * * * *"]))
    bus = world.add(faulty(load("apartment-block", meters=6, seed=seed), Fault.DEAF, random.randrange(6)))
    world.run(minutes=1)
    for _ in range(40):
        soon = clock.now() + timedelta(seconds=random.uniform(1, 400))
        match random.randrange(8):
            case 0:
                clock.step(timedelta(seconds=random.choice((-600, -61, -1, 1, 61, 600))))
            case 1:
                job = Job()
                world.engine.round_now(job)
                world.run(seconds=2)
                job.cancelled = True
            case 2:
                world.engine.pause("main", soon)
            case 3:
                world.engine.lend("main", soon, "a test")
            case 4:
                bus.put_fault(Fault.VANISHING_LINE, clock.monotonic(), duration=random.uniform(1, 300))
            case 5:
                bus.put_fault(Fault.SHORT_CIRCUIT, clock.monotonic(), duration=random.uniform(1, 100))
            case 6:
                world.engine.resume("main")
            case 7:
                world.engine.reconfigure()
        world.run(seconds=random.uniform(5, 200))
    world.engine.stop()
    assert world.book.doubled() == []
    assert len({tuple(world.book.slots(meter.id)) for meter in world.book.list}) == 1
    first, last = world.book.slots(1)[0], world.book.slots(1)[-1]
    schedule = Schedule.parse(world.settings.schedule)
    expected = schedule.between(
        datetime.fromtimestamp(first - 1, UTC), datetime.fromtimestamp(last, UTC), world.settings.zone
    )
    assert world.book.slots(1) == [int(instant.timestamp()) for instant in expected]


def test_machine_that_slept_says_so(clock: VirtualClock) -> None:
    plan = SlotPlan(Schedule.parse("15min"), BERLIN, clock.stamp())
    clock.advance(hours=1, minutes=5)
    due = plan.take(datetime.fromtimestamp(at(6, 15), UTC), clock.stamp())
    assert due.slot is None
    assert due.reason is Reason.OFF
    assert [int(slot.timestamp()) for slot in due.skipped] == grid(at(6, 15), at(7, 0))


def test_kept_readings_are_never_asked_for_again_after_a_crash(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=5)
    world.engine = world.make_engine()  # no stop: the power went
    world.run(minutes=5)
    heard = [end.meter for end in world.book.ends if isinstance(end, Heard) and end.slot == at(6, 15)]
    assert sorted(heard) == list(range(1, 21))
    assert world.book.doubled() == []


def test_segment_that_starts_anew_in_mid_round_finishes_its_slot(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=5)
    first = {heard.meter for heard in world.book.heard if heard.slot == at(6, 15)}
    assert 0 < len(first) < 20
    changed = replace(world.settings.segments[0], multi_telegram_maximum=4)
    world.settings = replace(world.settings, segments=(changed,))
    world.engine.reconfigure()
    world.run(minutes=5)
    read = [heard.meter for heard in world.book.heard if heard.slot == at(6, 15)]
    assert sorted(read) == list(range(1, 21))
    broken_off = {end.detail for end in world.book.ends if isinstance(end, Missed)}
    assert broken_off == {"The settings of the segment main were changed."}


def test_series_of_changes_in_mid_round_ends_it_once(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=5)
    for maximum in range(4, 12):
        changed = replace(world.settings.segments[0], multi_telegram_maximum=maximum)
        world.settings = replace(world.settings, segments=(changed,))
        world.engine.reconfigure()
        world.run(seconds=0.05)
    world.run(minutes=5)
    ended = [event for event in world.of(RoundProgress) if event.slot == at(6, 15) and event.ended]
    assert len(ended) == 2
    assert sum(event.answered for event in ended) == 20
    assert len([end for end in world.book.ends if isinstance(end, Missed)]) == ended[0].missed


def test_change_that_does_not_touch_the_segment_leaves_its_round_alone(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=5)
    for retries in range(4):
        world.settings = replace(world.settings, scheduled_retries=retries)
        world.engine.reconfigure()
        world.run(seconds=0.05)
    world.run(minutes=5)
    ended = [event for event in world.of(RoundProgress) if event.slot == at(6, 15) and event.ended]
    assert [(event.due, event.answered) for event in ended] == [(20, 20)]
