"""Services are kept running, failures are told once, the watchdog is fed by work and not by being alive."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from appliance import supervisor as module
from appliance.clock import VirtualClock
from appliance.errors import LineLost, RefusedError
from appliance.notify import Notifier
from appliance.supervisor import Keeper, ServiceStatus, State, Supervisor


class Scripted:
    """A service that does one thing after the other, one per start, and then ends as told."""

    def __init__(self, *deeds: Callable[[], None], name: str = "modbus") -> None:
        self.name = name
        self._deeds = list(deeds)
        self.starts = 0

    def run(self, stop: threading.Event) -> None:
        self.starts += 1
        if self._deeds:
            self._deeds.pop(0)()
        else:
            stop.set()


class Patient:
    """A service that works until it is told to stop."""

    def __init__(self, name: str, ended: list[str] | None = None) -> None:
        self.name = name
        self.running = threading.Event()
        self._ended = [] if ended is None else ended

    def run(self, stop: threading.Event) -> None:
        self.running.set()
        stop.wait()
        self._ended.append(self.name)


class Deaf:
    """A service that does not end when it is told to, until the test lets it go."""

    name = "modbus"

    def __init__(self) -> None:
        self.running, self.let_go = threading.Event(), threading.Event()

    def run(self, stop: threading.Event) -> None:
        self.running.set()
        self.let_go.wait()


def fail() -> None:
    raise LineLost("The cable is out.")


def blunder() -> None:
    raise ZeroDivisionError("division by zero")


def keep(
    service: Scripted, clock: VirtualClock, changed: Callable[[ServiceStatus], None] = lambda status: None
) -> tuple[Keeper, list[float]]:
    """Run a keeper to its end in this thread, pauses in virtual time; the pauses it made."""
    pauses: list[float] = []

    def wait(stop: threading.Event, seconds: float) -> bool:
        pauses.append(seconds)
        clock.advance(seconds=seconds)
        return stop.is_set()

    keeper = Keeper(service, clock, changed, wait)
    keeper.keep()
    return keeper, pauses


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """What the appliance logs, whatever was set up before."""
    monkeypatch.setattr(logging.getLogger("busmeister"), "propagate", True)
    caplog.set_level(logging.DEBUG, "busmeister")
    return caplog


def test_service_that_fails_is_started_again_with_growing_pause(clock: VirtualClock) -> None:
    service = Scripted(*[fail] * 9)
    _, pauses = keep(service, clock)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert service.starts == 10


def test_service_that_never_works_is_tried_for_ever(clock: VirtualClock) -> None:
    service = Scripted(*[fail] * 2000)
    _, pauses = keep(service, clock)
    assert service.starts == 2001
    assert set(pauses[10:]) == {60}


def test_service_that_ran_for_a_while_begins_with_the_shortest_pause_again(clock: VirtualClock) -> None:
    def run_then_fail() -> None:
        clock.advance(hours=1)
        fail()

    _, pauses = keep(Scripted(fail, fail, run_then_fail, fail), clock)
    assert pauses == [1, 2, 1, 2]


def test_service_that_ends_by_itself_counts_as_failed(clock: VirtualClock) -> None:
    keeper, pauses = keep(Scripted(lambda: None), clock)
    assert pauses == [1]
    assert keeper.status.error == "it ended without being told to."


def test_states_are_told_in_their_order(clock: VirtualClock) -> None:
    seen: list[ServiceStatus] = []
    keep(Scripted(fail), clock, seen.append)
    assert [status.state for status in seen] == [State.RUNNING, State.WAITING, State.RUNNING, State.STOPPED]
    assert [status.error for status in seen] == ["", *["The cable is out."] * 3]
    assert seen[2].since - seen[1].since == timedelta(seconds=1)


def test_five_failures_in_a_row_are_a_crash_loop(clock: VirtualClock) -> None:
    seen: list[ServiceStatus] = []
    keeper, _ = keep(Scripted(*[fail] * 6), clock, seen.append)
    states = [status.state for status in seen if status.state in (State.WAITING, State.FAILED)]
    assert states == [State.WAITING] * 4 + [State.FAILED] * 2
    assert keeper.status.restarts == 6


def test_failure_is_logged_when_it_begins_and_when_it_ends(clock: VirtualClock, log: pytest.LogCaptureFixture) -> None:
    def work() -> None:
        clock.advance(minutes=5)

    keep(Scripted(fail, fail, fail, work), clock)
    lines = [record.getMessage() for record in log.records]
    assert lines == [
        "modbus failed: The cable is out. It is started again.",
        "modbus works again after 3 failed attempts.",
        "modbus failed: it ended without being told to. It is started again.",
    ]


def test_error_of_ours_is_logged_without_a_trace_and_a_blunder_with_one(
    clock: VirtualClock, log: pytest.LogCaptureFixture
) -> None:
    keep(Scripted(fail), clock)
    keep(Scripted(blunder), clock)
    assert [bool(record.exc_info) for record in log.records] == [False, True]


def test_recovery_is_seen_while_the_service_runs(clock: VirtualClock) -> None:
    keepers: list[Keeper] = []
    failures: list[int] = []

    def work() -> None:
        for seconds in (5, 6):
            clock.advance(seconds=seconds)
            keepers[0].look()
            failures.append(keepers[0].status.failures)

    def wait(stop: threading.Event, seconds: float) -> bool:
        return stop.is_set()

    keepers.append(Keeper(Scripted(fail, work), clock, lambda status: None, wait))
    keepers[0].keep()
    assert failures == [1, 0]


def test_services_are_stopped_in_the_reverse_order_of_their_start(clock: VirtualClock) -> None:
    ended: list[str] = []
    services = [Patient(name, ended) for name in ("store", "bus", "modbus")]
    supervisor = Supervisor(services, clock=clock)
    supervisor.start()
    for service in services:
        service.running.wait()
    assert {status.state for status in supervisor.status()} == {State.RUNNING}
    assert supervisor.stop() == []
    assert ended == ["modbus", "bus", "store"]
    assert {status.state for status in supervisor.status()} == {State.STOPPED}


def test_supervisor_runs_until_it_is_told_to_stop(clock: VirtualClock) -> None:
    stop = threading.Event()
    service = Patient("bus")

    def wait(event: threading.Event, seconds: float) -> bool:
        if event is stop:
            service.running.wait()
            stop.set()
        return event.is_set()

    supervisor = Supervisor([service], clock=clock, wait=wait)
    supervisor.run(stop)
    assert [status.state for status in supervisor.status()] == [State.STOPPED]


def test_stopped_services_can_be_started_again(clock: VirtualClock) -> None:
    service = Patient("bus")
    supervisor = Supervisor([service], clock=clock)
    for _ in range(2):
        service.running.clear()
        supervisor.start()
        service.running.wait()
        assert supervisor.stop() == []


def test_service_that_hangs_is_left_behind_and_the_place_is_named(
    clock: VirtualClock, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_PATIENCE", 0.0)
    release, running = threading.Event(), threading.Event()

    class Hanging:
        name = "dlms"

        def run(self, stop: threading.Event) -> None:
            running.set()
            release.wait()

    supervisor = Supervisor([Patient("bus"), Hanging()], clock=clock)
    supervisor.start()
    running.wait()
    assert "dlms" in supervisor.stop()
    (line,) = [record.getMessage() for record in log.records if "dlms" in record.getMessage()]
    assert "threading.py" in line
    release.set()


# systemd


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(str(tmp_path / "notify"))
        datagrams.setblocking(False)
        yield datagrams


def told(systemd: socket.socket) -> list[str]:
    """All that systemd was told until now."""
    datagrams = []
    try:
        while True:
            datagrams.append(systemd.recv(4096).decode())
    except BlockingIOError:
        return datagrams


def supervised(
    systemd: socket.socket, clock: VirtualClock, progress: Callable[[], float], services: Sequence[Patient] = ()
) -> Supervisor:
    notifier = Notifier({"NOTIFY_SOCKET": systemd.getsockname()})
    return Supervisor(services, clock=clock, progress=progress, notifier=notifier)


def test_watchdog_is_fed_while_there_is_progress(systemd: socket.socket, clock: VirtualClock) -> None:
    supervisor = supervised(systemd, clock, clock.monotonic)
    supervisor.tick()
    clock.advance(hours=1)
    supervisor.tick()
    assert told(systemd).count("WATCHDOG=1") == 2


def test_watchdog_is_not_fed_when_nothing_is_read_although_all_is_alive(
    systemd: socket.socket, clock: VirtualClock, log: pytest.LogCaptureFixture
) -> None:
    last = clock.monotonic()
    supervisor = supervised(systemd, clock, lambda: last)
    clock.advance(seconds=81)
    supervisor.tick()
    supervisor.tick()
    assert "WATCHDOG=1" not in told(systemd)
    assert len([record for record in log.records if "watchdog" in record.getMessage()]) == 1
    last = clock.monotonic()
    supervisor.tick()
    assert "WATCHDOG=1" in told(systemd)


def test_systemd_hears_ready_status_and_stopping(systemd: socket.socket, clock: VirtualClock) -> None:
    service = Patient("bus")
    supervisor = supervised(systemd, clock, clock.monotonic, [service])
    supervisor.start()
    service.running.wait()
    supervisor.tick()
    supervisor.stop()
    assert told(systemd) == ["READY=1", "WATCHDOG=1", "STATUS=1 of 1 services run", "STOPPING=1"]


def test_abstract_socket_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind("")  # the kernel chooses an abstract name
        datagrams.setblocking(False)
        name = datagrams.getsockname()[1:].decode()
        Notifier({"NOTIFY_SOCKET": "@" + name}).ready()
        assert told(datagrams) == ["READY=1"]


def test_without_systemd_nothing_is_told() -> None:
    Notifier({}).ready()


def test_systemd_that_went_away_harms_nobody(tmp_path: Path) -> None:
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "180000000"}, 180.0),
        ({"WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_watchdog_interval_is_read_from_the_environment(environment: dict[str, str], seconds: float | None) -> None:
    assert Notifier(environment).watchdog_interval == seconds


def test_one_service_is_started_anew_while_the_others_go_on(clock: VirtualClock) -> None:
    ended: list[str] = []
    bus, panel = Patient("bus", ended), Patient("panel", ended)
    supervisor = Supervisor([bus, panel], clock=clock)
    supervisor.start()
    assert bus.running.wait(10)
    bus.running.clear()
    supervisor.restart("bus")
    assert bus.running.wait(10)
    assert ended == ["bus"]
    assert supervisor.stop() == []


def test_nothing_is_started_anew_once_all_are_stopped(clock: VirtualClock) -> None:
    bus = Patient("bus")
    supervisor = Supervisor([bus], clock=clock)
    supervisor.start()
    assert bus.running.wait(10)
    supervisor.stop()
    bus.running.clear()
    supervisor.restart("bus")
    assert supervisor.status()[0].state is State.STOPPED
    assert not bus.running.is_set()


def test_service_that_hangs_is_not_run_twice(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STOP_PATIENCE", 0.01)
    service = Deaf()
    supervisor = Supervisor([service], clock=clock)
    supervisor.start()
    assert service.running.wait(10)
    with pytest.raises(RefusedError, match="modbus does not stop: restart the appliance"):
        supervisor.restart("modbus")
    service.let_go.set()
    assert supervisor.stop() == []
