"""The level converter: a bus handed to a computer over TCP or a serial line, octets both ways as they are.

The segment is leased: a round under way is finished first, later ones wait and miss their slots with the reason. The
mode ends by order, when its time is over, or when the computer was silent for too long; readouts then go on. Every
octet stands in the audit trail.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from appliance.clock import Clock
from appliance.errors import Kind, RefusedError
from appliance.hub import Job
from appliance.log import stream
from appliance.mbus.framer import Received
from appliance.operations.lending import LendingOrder, LentView
from appliance.ports import OpenLine
from appliance.security.books import Act
from appliance.services.computers import Computer, SerialComputer, TcpComputer
from appliance.services.octet_trail import FROM_BUS, TO_BUS, OctetTrail
from appliance.settings import Settings
from appliance.settings.subjects.level_converter import Computer as Kinds

log = stream("service.level_converter")

GLANCE: Final = 0.2  # seconds between two looks at the order's end
GRANT_PATIENCE: Final = 900.0  # seconds; the longest round before it


class Lease(Protocol):
    """A segment's line, lent."""

    granted: threading.Event
    ended: threading.Event
    sentence: str

    def send(self, octets: bytes) -> None: ...
    def receive(self, timeout: float) -> Received: ...
    def give_back(self) -> None: ...


class Segments(Protocol):
    """Who lends."""

    def lend(self, segment: str, until: datetime, to: str, baud_rate: int = 0) -> Lease: ...


@dataclass
class Mode:
    """The bus of one segment in a computer's hands."""

    order: LendingOrder
    computer: Computer
    lease: Lease
    trail: OctetTrail
    to_bus: int = 0
    from_bus: int = 0
    used_at: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def view(self) -> LentView:
        """As it is now."""
        return LentView(
            segment=self.order.segment,
            where=self.computer.where,
            baud_rate=self.order.baud_rate,
            client=self.computer.client,
            to_bus=self.to_bus,
            from_bus=self.from_bus,
        )


class LevelConverter:
    """All buses that are lent; the thread of the order does the work."""

    def __init__(
        self,
        segments: Segments,
        settings: Settings,
        clock: Clock,
        open_line: OpenLine,
        record: Callable[[Act], None],
    ) -> None:
        self._segments = segments
        self._settings = settings
        self._clock = clock
        self._open_line = open_line
        self._record = record
        self._modes: dict[str, Mode] = {}
        self._lock = threading.Lock()

    def lent(self) -> tuple[LentView, ...]:
        """Every bus that is lent now."""
        return tuple(mode.view() for mode in list(self._modes.values()))

    def take_back(self, segment: str | None = None) -> int:
        """End the mode on a segment or all."""
        found = [mode for name, mode in list(self._modes.items()) if segment in (None, name)]
        for mode in found:
            mode.over.set()
        return len(found)

    def lend(self, order: LendingOrder, job: Job | None) -> LentView:
        """Hand a bus over, until it is over."""
        computer = self._meet(order)
        try:
            mode = self._lease(order, computer)
            if job is not None:
                job.on_cancel(mode.over.set)
            log.info("%s lends %s to %s at %d Bd.", order.who, order.segment, computer.where, order.baud_rate)
            try:
                self._serve(mode, job)
            finally:
                del self._modes[order.segment]
                mode.lease.give_back()
                view = mode.view()
                log.info("%s is back: %d octets to the bus, %d from it.", order.segment, view.to_bus, view.from_bus)
        finally:
            computer.close()
        return view

    def _meet(self, order: LendingOrder) -> Computer:
        """Open the door for the computer before the bus is taken away from the readouts."""
        rows = self._settings.level_converter
        if order.to is Kinds.TCP:
            return TcpComputer([str(address) for address in rows.listen], rows.port, rows.allow)
        if not rows.url:
            raise RefusedError(
                "No serial line leads to a computer: set level_converter.url=serial:///dev/ttyGS0, or lend to tcp.",
                Kind.CONFLICT,
            )
        return SerialComputer(self._open_line(rows.url), order.baud_rate, self._clock)

    def _lease(self, order: LendingOrder, computer: Computer) -> Mode:
        until = self._clock.now() + timedelta(seconds=order.seconds)
        with self._lock:
            if order.segment in self._modes:
                raise RefusedError(f"The segment {order.segment} is lent already: bus return ends it.", Kind.CONFLICT)
            lease = self._segments.lend(order.segment, until, computer.where, order.baud_rate)
            trail = OctetTrail(order, lambda: computer.client or computer.where, self._clock, self._record)
            mode = Mode(order, computer, lease, trail, used_at=self._clock.monotonic())
            self._modes[order.segment] = mode
        return mode

    def _serve(self, mode: Mode, job: Job | None) -> None:
        self._wait_for_bus(mode, job)
        outward = threading.Thread(target=self._carry_out, args=(mode,), name=f"lent-{mode.order.segment}", daemon=True)
        outward.start()
        try:
            self._carry_in(mode, job)
        finally:
            mode.over.set()
            outward.join()
            mode.trail.close()

    def _wait_for_bus(self, mode: Mode, job: Job | None) -> None:
        until = self._clock.monotonic() + min(GRANT_PATIENCE, mode.order.seconds)
        while not mode.lease.granted.wait(GLANCE):
            late = self._clock.monotonic() >= until
            if mode.lease.ended.is_set() or late:
                raise RefusedError(mode.lease.sentence or "The bus was not free in time.", Kind.BUSY)
            if mode.over.is_set():
                return
            _report(job, "the round under way is finished first")

    def _carry_in(self, mode: Mode, job: Job | None) -> None:
        """From the computer to the bus, until it is over."""
        idle = self._settings.level_converter.idle_timeout.total_seconds()
        mode.used_at = self._clock.monotonic()
        while not mode.over.is_set() and not mode.lease.ended.is_set():
            octets = mode.computer.receive(GLANCE)
            if octets:
                mode.to_bus += len(octets)
                mode.used_at = self._clock.monotonic()
                mode.trail.note(TO_BUS, octets)
                mode.lease.send(octets)
            elif self._clock.monotonic() - mode.used_at >= idle:
                log.info("%s: the computer was silent for %d s.", mode.order.segment, idle)
                return
            mode.trail.pass_time()
            _report(job, f"lent to {mode.computer.where}: {mode.to_bus} octets out, {mode.from_bus} in")

    def _carry_out(self, mode: Mode) -> None:
        """From the bus to the computer."""
        while not mode.over.is_set():
            received = mode.lease.receive(GLANCE)
            if received.octets:
                mode.from_bus += len(received.octets)
                mode.trail.note(FROM_BUS, received.octets)
                mode.computer.send(received.octets)


def _report(job: Job | None, sentence: str) -> None:
    if job is not None and job.sentence != sentence:
        job.report(0, 0, sentence)
