"""Runs the services of the appliance, each in a thread of its own, and starts again what fails.

A service is a name and `run(stop)`, which works until `stop` is set and cleans up behind itself. One that fails waits
1 s, 2 s, 4 s ... at most a minute and is started again, for ever; a failure is logged when it begins and when it ends.

```text
STOPPED -> STARTING -> RUNNING -> STOPPED
               ^          |
               |          v
               +-- WAITING, after five failures in a row FAILED: it is tried again all the same
```
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from appliance.clock import Clock
from appliance.errors import BusmeisterError, Kind, RefusedError
from appliance.log import stream
from appliance.notify import Notifier

FIRST_PAUSE: Final = 1.0  # seconds
LONGEST_PAUSE: Final = 60.0
SOUND_AFTER: Final = 10.0  # seconds of running after which a failure counts as over
LOOP: Final = 5  # failures in a row that make a crash loop
TICK: Final = 5.0
STOP_PATIENCE: Final = 10.0  # seconds for one service to end
PROGRESS_PATIENCE: Final = 60.0  # seconds without progress after which systemd should start everything anew


class Service(Protocol):
    """What the supervisor runs."""

    @property
    def name(self) -> str:
        """As views and the log show it."""

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""


class State(StrEnum):
    """What a service does."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service as views show it."""

    name: str
    state: State
    since: datetime
    error: str = ""  # the last one, kept while the service runs again
    failures: int = 0  # in a row; 0 once it has run for a while
    restarts: int = 0  # since the appliance started
    pause: float = 0.0  # seconds from `since` to the next attempt


Wait = Callable[[threading.Event, float], bool]
"""Wait for an event for some seconds at most; whether it was set."""


class Supervisor:
    """Starts services bottom-up, stops them top-down, and feeds systemd's watchdog while there is progress."""

    def __init__(
        self,
        services: Sequence[Service],
        *,
        clock: Clock,
        progress: Callable[[], float] | None = None,  # monotonic time of the last sign that real work goes on
        patience: Callable[[], float] = lambda: PROGRESS_PATIENCE,
        notifier: Notifier | None = None,
        changed: Callable[[ServiceStatus], None] = lambda status: None,
        wait: Wait = threading.Event.wait,
    ) -> None:
        self._keepers = [Keeper(service, clock, changed, wait) for service in services]
        self._clock = clock
        self._progress = progress
        self._patience = patience
        self._notifier = notifier or Notifier({})
        self._wait = wait
        self._stuck = False
        self._stopped = False
        self._order = threading.Lock()  # whoever starts or stops services

    def start(self) -> None:
        """Start all services, the first one first."""
        self._stopped = False
        for keeper in self._keepers:
            keeper.start()
        self._notifier.ready()

    def run(self, stop: threading.Event) -> None:
        """Start, watch until `stop` is set, stop."""
        self.start()
        try:
            while not self._wait(stop, TICK):
                self.tick()
        finally:
            self.stop()

    def tick(self) -> None:
        """What is due every few seconds: see which failures are over, feed the watchdog."""
        for keeper in self._keepers:
            keeper.look()
        if self._moves():
            self._notifier.alive()
        self._notifier.status(self.sentence())

    def stop(self) -> list[str]:
        """Stop all services, the last one first; the names of those that did not end in time."""
        self._notifier.stopping()
        with self._order:
            self._stopped = True
        return [keeper.name for keeper in reversed(self._keepers) if not keeper.end()]

    def restart(self, name: str) -> None:
        """Stop one service and start it anew, from any thread but its own; raises `RefusedError` where it hangs."""
        keeper = next(keeper for keeper in self._keepers if keeper.name == name)
        with self._order:
            if self._stopped:
                return
            if not keeper.end():
                raise RefusedError(f"{name} does not stop: restart the appliance.", Kind.BUSY)
            keeper.start()

    def status(self) -> tuple[ServiceStatus, ...]:
        """All services in the order they were started."""
        return tuple(keeper.status for keeper in self._keepers)

    def sentence(self) -> str:
        """How the services are, in a few words."""
        bad = [status for status in self.status() if status.state in (State.FAILED, State.WAITING)]
        running = sum(status.state is State.RUNNING for status in self.status())
        troubles = "".join(f"; {status.name} {status.state}: {status.error}" for status in bad)
        return f"{running} of {len(self._keepers)} services run{troubles}"

    def _moves(self) -> bool:
        """Whether real work goes on; being alive is not enough. The change to standstill is logged."""
        if self._progress is None:
            return True
        patience = self._patience()
        stuck = self._clock.monotonic() - self._progress() > patience
        if stuck and not self._stuck:
            stream("service.supervisor").error(
                "There was no progress for %d s: the watchdog is no longer fed.", int(patience)
            )
        self._stuck = stuck
        return not stuck


class Keeper:
    """Keeps one service running."""

    def __init__(self, service: Service, clock: Clock, changed: Callable[[ServiceStatus], None], wait: Wait) -> None:
        self.name = service.name
        self.status = ServiceStatus(service.name, State.STOPPED, clock.now())
        self._service = service
        self._clock = clock
        self._changed = changed
        self._wait = wait
        self._log = stream(f"service.{service.name}")
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._running_since: float | None = None

    def start(self) -> None:
        """Start the service's thread."""
        self._stop.clear()
        self._enter(State.STARTING)
        # A daemon, so that a service which hangs cannot keep the process from ending.
        self._thread = threading.Thread(target=self.keep, name=self.name, daemon=True)
        self._thread.start()

    def keep(self) -> None:
        """Run the service until it is told to stop, however often it fails."""
        while not self._stop.is_set():
            self._running_since = self._clock.monotonic()
            self._enter(State.RUNNING)
            try:
                self._service.run(self._stop)
                error = None
            except Exception as caught:  # noqa: BLE001 - the one place where a service's mistake must not end the rest
                error = caught
            self.look()
            self._running_since = None
            if self._stop.is_set() and error is None:
                break
            self._fail(error)
            self._wait(self._stop, self.status.pause)
        self._enter(State.STOPPED)

    def look(self) -> None:
        """A service that has run for a while is sound again."""
        with self._lock:
            attempts, since = self.status.failures, self._running_since
            if since is None or not attempts or self._clock.monotonic() - since < SOUND_AFTER:
                return
            self.status = replace(self.status, failures=0)
        self._log.info("%s works again after %d failed attempts.", self.name, attempts)
        self._changed(self.status)

    def end(self) -> bool:
        """Tell the service to stop and wait for it; whether it ended in time."""
        self._stop.set()
        if self._thread is None:
            return True
        self._thread.join(STOP_PATIENCE)
        if not self._thread.is_alive():
            return True
        self._log.error("%s does not stop, it is left behind. It hangs in %s.", self.name, where(self._thread))
        return False

    def _fail(self, error: Exception | None) -> None:
        sentence = _sentence(error)
        with self._lock:
            failures = self.status.failures + 1
            self.status = replace(
                self.status,
                state=State.FAILED if failures >= LOOP else State.WAITING,
                since=self._clock.now(),
                error=sentence,
                failures=failures,
                restarts=self.status.restarts + 1,
                pause=min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - 1, LOOP + 1)),
            )
        if failures == 1:
            trace = None if error is None or isinstance(error, BusmeisterError) else error
            self._log.error("%s failed: %s It is started again.", self.name, sentence, exc_info=trace)
        elif failures == LOOP:
            self._log.error("%s failed %d times in a row: %s It is still tried.", self.name, failures, sentence)
        self._changed(self.status)

    def _enter(self, state: State) -> None:
        with self._lock:
            self.status = replace(self.status, state=state, since=self._clock.now(), pause=0.0)
        self._changed(self.status)


def where(thread: threading.Thread) -> str:
    """The place in the code a thread is at."""
    frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - the interpreter's only way to ask
    if frame is None:
        return "a place that cannot be seen"
    place = traceback.extract_stack(frame)[-1]
    return f"{place.name}, {place.filename}:{place.lineno}"


def _sentence(error: Exception | None) -> str:
    if error is None:
        return "it ended without being told to."
    if isinstance(error, BusmeisterError):
        return error.sentence
    return f"{type(error).__name__}: {error}."
