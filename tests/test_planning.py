"""The scheduler: jobs by schedule and by period, clock steps, jobs that fail."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appliance.clock import VirtualClock
from appliance.cron import Schedule
from appliance.events import ClockStepped
from appliance.planning import Scheduler

BERLIN = ZoneInfo("Europe/Berlin")


class Planner:
    """A scheduler in virtual time that notes its calls."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.events: list[object] = []
        self.scheduler = Scheduler(clock, self.events.append)
        self.calls: list[datetime] = []

    def run(self, **units: float) -> list[datetime]:
        """Let time pass second by second; the instants called for."""
        self.calls.clear()
        for _ in range(round(timedelta(**units).total_seconds())):
            self.clock.advance(seconds=1)
            self.scheduler.run_pending()
        return list(self.calls)


@pytest.fixture
def planner(clock: VirtualClock) -> Planner:
    return Planner(clock)


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 21, hour, minute, tzinfo=UTC)


def test_job_is_called_with_each_instant_of_its_schedule(planner: Planner) -> None:
    planner.scheduler.cron(Schedule.parse("15min"), BERLIN, planner.calls.append)
    assert planner.run(minutes=46) == [at(6, 15), at(6, 30), at(6, 45)]


def test_periods_do_not_drift(planner: Planner) -> None:
    planner.scheduler.period(60, lambda instant: planner.calls.append(planner.clock.now()))
    assert planner.run(minutes=3) == [at(6, 1), at(6, 2), at(6, 3)]


def test_job_that_fails_keeps_no_other_waiting_and_runs_again(
    planner: Planner, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(instant: datetime) -> None:
        raise ValueError("on purpose")

    planner.scheduler.cron(Schedule.parse("1min"), BERLIN, fail)
    planner.scheduler.cron(Schedule.parse("1min"), BERLIN, planner.calls.append)
    with caplog.at_level(logging.ERROR):
        assert planner.run(minutes=2) == [at(6, 1), at(6, 2)]
    assert len([record for record in caplog.records if record.exc_info]) == 2


def test_cancelled_job_runs_no_more(planner: Planner) -> None:
    job = planner.scheduler.cron(Schedule.parse("1min"), BERLIN, planner.calls.append)
    planner.run(minutes=1)
    job.cancel()
    assert planner.run(minutes=3) == []
    assert planner.scheduler.seconds_left is None


def test_clock_set_back_plans_anew_and_says_so(planner: Planner) -> None:
    planner.scheduler.cron(Schedule.parse("15min"), BERLIN, planner.calls.append)
    planner.run(minutes=20)
    planner.clock.step(timedelta(hours=-1))
    assert planner.run(minutes=15) == [at(5, 30)]
    assert [event.seconds for event in planner.events if isinstance(event, ClockStepped)] == [pytest.approx(-3600)]


def test_run_the_clock_jumped_over_is_due_at_once(planner: Planner) -> None:
    planner.scheduler.cron(Schedule.parse("15min"), BERLIN, planner.calls.append)
    planner.clock.step(timedelta(minutes=40))
    assert planner.run(seconds=1) == [at(6, 15)]
    assert planner.run(minutes=5) == [at(6, 45)]


def test_clock_being_disciplined_is_no_step(planner: Planner) -> None:
    planner.scheduler.cron(Schedule.parse("15min"), BERLIN, planner.calls.append)
    for _ in range(10):
        planner.clock.step(timedelta(milliseconds=300))
        planner.run(seconds=1)
    assert planner.events == []


def test_thread_calls_what_is_due_and_ends_when_told(clock: VirtualClock) -> None:
    scheduler, stop, called = Scheduler(clock, lambda event: None), threading.Event(), threading.Event()
    scheduler.cron(Schedule.parse("1min"), BERLIN, lambda instant: called.set())
    thread = threading.Thread(target=scheduler.run, args=(stop,))
    thread.start()
    clock.advance(minutes=1)
    scheduler.wake()
    assert called.wait(10)
    stop.set()
    scheduler.wake()
    thread.join(10)
    assert not thread.is_alive()


def test_job_may_wait_for_a_thread_that_plans_another(planner: Planner) -> None:
    def plan_another(instant: datetime) -> None:
        thread = threading.Thread(target=planner.scheduler.period, args=(60, planner.calls.append))
        thread.start()
        thread.join(10)
        assert not thread.is_alive()

    planner.scheduler.cron(Schedule.parse("60min"), BERLIN, plan_another)
    planner.run(hours=1)
    assert planner.run(minutes=1) != []
