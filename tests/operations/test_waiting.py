"""A script waits for a time, for the bus, for a job; and is told where that took too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from appliance.errors import Kind, RefusedError
from appliance.events import BusState
from appliance.hub import Job, JobChanged, JobState
from tests.operations.orders import finished, order, started
from tests.operations.world import FakeSegment, World


def busy(world: World, monkeypatch: pytest.MonkeyPatch, *states: BusState) -> None:
    """The bus has these states, one at each look; the last one stays."""
    left = list(states)

    def status() -> Sequence[FakeSegment]:
        return [FakeSegment("main", "serial:///dev/ttyUSB0", left.pop(0) if len(left) > 1 else left[0])]

    monkeypatch.setattr(world.engine, "status", status)


def test_time_passes(world: World) -> None:
    with world.hub.follow(JobChanged) as following:
        waiting = started(world.call, "wait 10min")
        while (change := following.get(10)) is not None and change.job.sentence != "10 min left":
            pass
    assert waiting.job is not None
    assert not waiting.job.ended
    world.clock.advance(minutes=10)
    assert finished(waiting).sentence == ""


def test_waiting_is_broken_off(world: World) -> None:
    waiting = started(world.call, "wait 10min")
    assert waiting.job is not None
    waiting.job.cancel()
    finished(waiting)
    assert waiting.job.state is JobState.CANCELLED


def test_bus_becomes_idle(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(world, monkeypatch, BusState.ROUND, BusState.ORDER, BusState.IDLE)
    order(world, "wait until=idle")
    assert world.engine.status()[0].state is BusState.IDLE


def test_order_of_a_person_is_no_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(world, monkeypatch, BusState.ROUND, BusState.ORDER)
    order(world, "wait until=round")


def test_bus_that_does_not_become_idle_in_time_ends_the_script(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(world, monkeypatch, BusState.ROUND)
    with pytest.raises(RefusedError, match="The bus was not idle within 0 s") as refused:
        order(world, "wait 0 until=idle")
    assert refused.value.kind is Kind.BUSY


def test_job_is_waited_for_and_its_error_is_the_scripts(world: World) -> None:
    def fails(job: Job) -> object:
        raise RefusedError("No answer from 12345678.", Kind.BUS)

    good = world.hub.jobs.start("meter read", "anna", lambda job: None)
    bad = world.hub.jobs.start("meter read", "anna", fails)
    assert order(world, f"wait job={good.number}").sentence == f"job {good.number} is done"
    with pytest.raises(RefusedError, match=f"Job {bad.number}, meter read: No answer from 12345678") as refused:
        order(world, f"wait job={bad.number}")
    assert refused.value.kind is Kind.BUS


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("wait", '"wait" needs a DURATION, until=idle, until=round or job=N'),
        ("wait job=99", "No such job is known"),
        ("wait until=idle job=1", "not both"),
    ],
)
def test_what_cannot_be_waited_for_is_refused(world: World, line: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        order(world, line)


def test_job_does_not_wait_for_itself(world: World) -> None:
    before = world.hub.jobs.start("wait", "anna", lambda job: None)
    with pytest.raises(RefusedError, match=f"Job {before.number + 1} is this one"):
        order(replace(world.call), f"wait job={before.number + 1}")
