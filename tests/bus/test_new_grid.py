"""Schedules that change in mid round: the running slot is begun once, the new grid holds from the next slot on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from appliance.events import RoundProgress
from appliance.ports import Heard, Missed, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from tests.bus.test_rounds import at
from tests.bus.world import MAIN, World, faulty

SLOW = 300  # Bd: the round of fourteen meters takes more than a minute


def shorter(world: World) -> None:
    world.settings = replace(world.settings, schedule="1min")


def by_pattern(world: World) -> None:
    world.settings = replace(world.settings, schedule="*/3 * * * *|1 * * * *")


def elsewhere(world: World) -> None:
    world.settings = replace(world.settings, zone=ZoneInfo("Asia/Kathmandu"))


def own_cycles(world: World) -> None:
    world.book.list[:] = [replace(meter, schedule="1min") for meter in world.book.list]


def off_and_on(world: World) -> None:
    world.settings = replace(world.settings, enabled=False)
    world.engine.reconfigure()
    world.settings = replace(world.settings, enabled=True)


def begun(world: World) -> list[int]:
    """The slot of each round that began, in order."""
    return list(dict.fromkeys(event.slot for event in world.of(RoundProgress) if event.due))


def change_after_a_miss(world: World, change: Callable[[World], None], *, seconds: float, **settings: float) -> None:
    """Read by the hour with a deaf meter; so much later it hears again, and the grid is another."""
    world.settings = replace(world.settings, schedule="60min", **settings)  # type: ignore[arg-type]  # given by name
    bus = world.add(faulty(load("apartment-block", meters=3), Fault.DEAF, 1))
    world.run(seconds=seconds)
    bus.clear_faults()
    change(world)
    world.engine.reconfigure()


@pytest.mark.parametrize(
    ("change", "next_slot"),
    [
        (shorter, at(6, 2)),
        (by_pattern, at(6, 3)),
        (elsewhere, at(6, 15)),
        (own_cycles, at(6, 2)),
        (off_and_on, at(7, 0)),
    ],
)
def test_slot_that_runs_is_not_begun_again_by_a_new_grid(
    world: World, change: Callable[[World], None], next_slot: int
) -> None:
    world.settings = replace(world.settings, schedule="60min")
    world.add(load("apartment-block", meters=14, baud_rate=SLOW), replace(MAIN, baud_rate=SLOW))
    world.run(seconds=65)
    assert 0 < len(world.book.heard) < 14
    change(world)
    world.engine.reconfigure()
    world.run(hours=1)
    first, second = begun(world)[:2]
    assert (first, second) == (at(6, 0), next_slot)
    ended = [(event.due, event.answered) for event in world.rounds if event.slot == first]
    assert ended == [(14, 14)]
    assert not [end for end in world.book.ends if isinstance(end, Missed) and end.reason is Reason.OFF]


def test_meters_that_missed_the_running_slot_wait_for_the_next(world: World) -> None:
    change_after_a_miss(world, elsewhere, seconds=300, scheduled_retries=0)
    world.run(minutes=9)
    assert begun(world) == [at(6, 0)]
    assert world.book.reasons == {Reason.NO_ANSWER: 1}
    world.run(minutes=2)
    assert begun(world) == [at(6, 0), at(6, 15)]


def test_further_attempt_gives_way_to_the_first_slot_of_the_new_grid(world: World) -> None:
    change_after_a_miss(world, shorter, seconds=65, scheduled_retry_offset=600.0)
    world.run(minutes=2)
    assert world.book.reasons == {Reason.NO_ANSWER: 1}
    assert world.book.slots(2) == [at(6, 0), at(6, 2), at(6, 3)]
    assert world.book.doubled() == []


def test_segment_and_schedule_changed_together_in_mid_round_finish_the_slot(world: World) -> None:
    world.settings = replace(world.settings, schedule="60min")
    world.add(load("apartment-block", meters=20))
    world.run(seconds=5)
    changed = replace(world.settings.segments[0], multi_telegram_maximum=4)
    world.settings = replace(world.settings, segments=(changed,), schedule="5min")
    world.engine.reconfigure()
    world.run(minutes=4)
    read = [end.meter for end in world.book.ends if isinstance(end, Heard)]
    assert sorted(read) == list(range(1, 21))
    assert set(begun(world)) == {at(6, 0)}


def test_order_reads_the_slot_that_runs_after_the_grid_changed(world: World) -> None:
    world.settings = replace(world.settings, schedule="60min", scheduled_retries=0)
    bus = world.add(faulty(load("apartment-block", meters=3), Fault.DEAF, 1))
    world.run(minutes=6)
    bus.clear_faults()
    world.settings = replace(world.settings, schedule="5min")
    world.engine.reconfigure()
    answer = world.engine.round_now()
    world.run(seconds=30)
    assert [(outcome.meter, outcome.slot) for outcome in answer.result()] == [(2, at(6, 0))]
