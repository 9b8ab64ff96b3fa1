"""The hub: who follows gets events, a slow follower harms nobody, long orders can be seen and broken off."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from appliance.clock import VirtualClock
from appliance.errors import Cancelled, Kind, RefusedError
from appliance.events import BusState, MetersChanged, SegmentChanged
from appliance.hub import Hub, Job, JobChanged, JobState
from appliance.hub.jobs import FINISHED_KEPT, RUNNING_AT_MOST

IDLE = SegmentChanged("main", BusState.IDLE)


@pytest.fixture
def hub(clock: VirtualClock) -> Iterator[Hub]:
    hub = Hub(clock)
    yield hub
    hub.close()


def test_follower_gets_only_the_kinds_it_asked_for(hub: Hub) -> None:
    with hub.follow(SegmentChanged) as following:
        hub.publish(MetersChanged())
        hub.publish(IDLE)
        assert following.get(1) is IDLE
        assert following.get(0) is None


def test_slow_follower_loses_the_oldest_events_and_can_tell_how_many(hub: Hub) -> None:
    with hub.follow(int, limit=3) as slow, hub.follow(int) as quick:
        for number in range(10):
            hub.publish(number)
        assert [slow.get(0) for _ in range(4)] == [7, 8, 9, None]
        assert slow.dropped == 7
        assert [quick.get(0) for _ in range(10)] == list(range(10))


def test_nobody_is_offered_events_after_leaving(hub: Hub) -> None:
    with hub.follow(int) as following:
        assert hub.wanted(int)
    hub.publish(1)
    assert not hub.wanted(int)
    assert following.get(0) is None


def test_a_kind_is_wanted_when_its_base_is_followed(hub: Hub) -> None:
    assert not hub.wanted(MetersChanged)
    with hub.follow(object):
        assert hub.wanted(MetersChanged)


def test_closing_the_hub_releases_a_waiting_follower(hub: Hub) -> None:
    following = hub.follow(int)
    seen: list[int] = []

    def take() -> None:
        for event in following:
            seen.append(event)  # noqa: PERF402  # one by one: the test looks while it waits

    waiting = threading.Thread(target=take, daemon=True)
    waiting.start()
    hub.publish(5)
    while not seen:
        threading.Event().wait(0.001)
    hub.close()
    waiting.join(5)
    assert (seen, waiting.is_alive()) == ([5], False)
    assert hub.follow(int).closed


def test_events_from_many_threads_all_arrive(hub: Hub) -> None:
    def publish() -> None:
        for number in range(1000):
            hub.publish(number)

    with hub.follow(int, limit=4000) as following:
        threads = [threading.Thread(target=publish) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert sum(following.get(0) is not None for _ in range(4001)) == 4000


def test_questions_are_answered_on_threads_of_the_hub(hub: Hub) -> None:
    assert hub.ask(lambda: threading.current_thread().name).result(10).startswith("hub-")
    assert hub.ask(divmod, 7, 2).result(10) == (3, 1)


def test_error_of_a_question_comes_out_of_its_future_and_the_thread_lives_on(hub: Hub) -> None:
    failing = [hub.ask(lambda: 1 // 0) for _ in range(8)]
    for future in failing:
        with pytest.raises(ZeroDivisionError):
            future.result(10)
    assert hub.ask(abs, -1).result(10) == 1


def test_closed_hub_takes_no_questions(hub: Hub) -> None:
    hub.close()
    with pytest.raises(RefusedError, match="stopping"):
        hub.ask(abs, 1)


def test_job_shows_its_progress_and_the_time_left(hub: Hub, clock: VirtualClock) -> None:
    job = hub.jobs.open("search start", "anna")
    clock.advance(seconds=10)
    with hub.follow(JobChanged) as following:
        job.report(25, 100, "1 found")
        assert following.get(1) == JobChanged(job)
    assert (job.done, job.of, job.sentence, job.seconds_left) == (25, 100, "1 found", 30)
    assert hub.jobs.running() == (job,)


def test_job_ends_with_its_result(hub: Hub) -> None:
    job = hub.jobs.start("meter read", "anna", lambda job: 42)
    assert job.wait(10)
    assert (job.state, job.outcome()) == (JobState.DONE, 42)
    assert hub.jobs.find(job.number) is job
    assert hub.jobs.running() == ()


def test_job_broken_off_says_so_and_tells_its_worker(hub: Hub) -> None:
    told = threading.Event()

    def work(job: Job) -> None:
        job.on_cancel(told.set)
        told.wait(10)
        job.check()

    job = hub.jobs.start("readout now", "anna", work)
    job.cancel()
    assert job.wait(10)
    assert job.state is JobState.CANCELLED
    with pytest.raises(Cancelled):
        job.outcome()


def test_job_broken_off_before_its_worker_listens_is_told_at_once(hub: Hub) -> None:
    job = hub.jobs.open("readout now", "anna")
    job.cancel()
    told = threading.Event()
    job.on_cancel(told.set)
    assert told.is_set()


def test_what_a_broken_off_job_reached_is_kept(hub: Hub) -> None:
    job = hub.jobs.open("readout now", "anna")
    job.cancel()
    job.finish("12 of 60 meters read")
    assert (job.state, job.outcome()) == (JobState.CANCELLED, "12 of 60 meters read")


def test_failed_job_keeps_its_error(hub: Hub) -> None:
    def work(job: Job) -> None:
        raise RefusedError("No such meter.", Kind.NOT_FOUND)

    job = hub.jobs.start("meter read", "anna", work)
    assert job.wait(10)
    assert job.state is JobState.FAILED
    with pytest.raises(RefusedError, match="No such meter"):
        job.outcome()


def test_too_many_long_orders_are_refused(hub: Hub) -> None:
    for _ in range(RUNNING_AT_MOST):
        hub.jobs.open("search start", "anna")
    with pytest.raises(RefusedError, match="16 long orders run already"):
        hub.jobs.open("search start", "anna")


def test_jobs_long_over_are_forgotten(hub: Hub) -> None:
    for _ in range(FINISHED_KEPT + 10):
        hub.jobs.open("meter read", "anna").finish()
    assert len(hub.jobs.all()) <= FINISHED_KEPT + 1
    assert hub.jobs.find(1) is None
