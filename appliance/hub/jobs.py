"""Long orders: started by a person or a schedule, seen by every view; they outlive the session they came from."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from appliance.clock import Clock
from appliance.errors import BusmeisterError, Cancelled, Kind, RefusedError

log = logging.getLogger("busmeister.jobs")

RUNNING_AT_MOST: Final = 16
FINISHED_KEPT: Final = 50


class JobState(StrEnum):
    """Where a long order stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job began, went on or ended."""

    job: Job


class Job:
    """One long order. Its worker reports and ends it; anybody may look at it, wait for it or break it off."""

    def __init__(self, number: int, name: str, owner: str, clock: Clock, changed: Callable[[Job], None]) -> None:
        self.number = number
        self.name = name
        self.owner = owner
        self.began = clock.now()
        self.state = JobState.RUNNING
        self.done = 0
        self.of = 0  # 0: not known
        self.sentence = ""
        self.result: object = None
        self.error: BaseException | None = None
        self._clock = clock
        self._began = clock.monotonic()
        self._changed = changed
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._cancelled = threading.Event()
        self._on_cancel: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Somebody broke it off: the worker ends after the present step."""
        return self._cancelled.is_set()

    @property
    def ended(self) -> bool:
        """Nothing more will happen to it."""
        return self._ended.is_set()

    @property
    def seconds_left(self) -> float | None:
        """What is left at the speed so far; None while that cannot be told."""
        with self._lock:
            if not self.done or not self.of:
                return None
            return (self._clock.monotonic() - self._began) / self.done * max(0, self.of - self.done)

    def report(self, done: int, of: int, sentence: str = "") -> None:
        """Say how far it is."""
        with self._lock:
            self.done, self.of, self.sentence = done, of, sentence
        self._changed(self)

    def check(self) -> None:
        """Raise `Cancelled` once somebody broke it off."""
        if self.cancelled:
            raise Cancelled(f"{self.name} was broken off.")

    def cancel(self) -> None:
        """Ask the worker to end; what is done stays."""
        with self._lock:
            self._cancelled.set()
            callbacks, self._on_cancel = self._on_cancel, []
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Call `callback` once it is broken off, at once where that has happened."""
        with self._lock:
            if not self.cancelled:
                self._on_cancel.append(callback)
                return
        callback()

    def finish(self, result: object = None) -> None:
        """It is over; what was broken off keeps what it reached."""
        self._end(JobState.CANCELLED if self.cancelled else JobState.DONE, result, None)

    def fail(self, error: BaseException) -> None:
        """It is over, without success."""
        self._end(JobState.CANCELLED if isinstance(error, Cancelled) else JobState.FAILED, None, error)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for its end; False when that took longer than `timeout` seconds."""
        return self._ended.wait(timeout)

    def outcome(self) -> object:
        """The result of an ended job, or its error raised."""
        if self.error is not None:
            raise self.error
        return self.result

    def _end(self, state: JobState, result: object, error: BaseException | None) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self.state, self.result, self.error = state, result, error
            self._ended.set()
        self._changed(self)


class JobBook:
    """All long orders: those that run, and the last ones that ended."""

    def __init__(self, clock: Clock, publish: Callable[[object], None]) -> None:
        self._clock = clock
        self._publish = publish
        self._lock = threading.Lock()
        self._jobs: dict[int, Job] = {}
        self._newest = 0

    def open(self, name: str, owner: str) -> Job:
        """A job whose worker is somebody else's thread, who must `finish` or `fail` it."""
        with self._lock:
            if sum(not job.ended for job in self._jobs.values()) >= RUNNING_AT_MOST:
                raise RefusedError(
                    f"{RUNNING_AT_MOST} long orders run already: wait for one or cancel one (jobs, cancel N).",
                    Kind.BUSY,
                )
            self._newest += 1
            job = Job(self._newest, name, owner, self._clock, lambda job: self._publish(JobChanged(job)))
            self._jobs[job.number] = job
            self._forget_oldest()
        self._publish(JobChanged(job))
        return job

    def start(self, name: str, owner: str, work: Callable[[Job], object]) -> Job:
        """A job with a thread of its own; what `work` returns is its result."""
        job = self.open(name, owner)
        threading.Thread(target=_run, args=(job, work), name=f"job-{job.number}", daemon=True).start()
        return job

    def find(self, number: int) -> Job | None:
        """The job with this number, running or lately ended."""
        return self._jobs.get(number)

    def all(self) -> tuple[Job, ...]:
        """Every job still known, the oldest first."""
        with self._lock:
            return tuple(self._jobs.values())

    def running(self) -> tuple[Job, ...]:
        """The jobs that are not over."""
        return tuple(job for job in self.all() if not job.ended)

    def cancel_all(self) -> None:
        """The appliance stops: every worker is asked to end."""
        for job in self.running():
            job.cancel()

    def _forget_oldest(self) -> None:
        ended = [job.number for job in self._jobs.values() if job.ended]
        for number in ended[:-FINISHED_KEPT]:
            del self._jobs[number]


def _run(job: Job, work: Callable[[Job], object]) -> None:
    try:
        job.finish(work(job))
    except BusmeisterError as error:
        job.fail(error)
    except Exception as error:  # a mistake of ours must reach whoever waits for the job, and the log
        log.exception("job %d (%s) ended by a mistake of the program", job.number, job.name)
        job.fail(error)
