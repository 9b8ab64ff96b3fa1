"""Drives whole engines in virtual time: many segments, one thread, one clock, as fast as the machine can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from appliance.bus.engine import Engine
from appliance.bus.segment import Segment
from appliance.clock import VirtualClock
from appliance.errors import LineLost
from appliance.mbus.framer import Received


class Bus(Protocol):
    """The physics of a simulated bus."""

    def send(self, now: float, octets: bytes) -> None:
        """The master puts octets on the wire. Raises `LineLost`."""

    def take(self, now: float) -> Received:
        """Octets that have come since the last call. Raises `LineLost`."""

    def next_event(self) -> float | None:
        """When there is something to take."""

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        """The master changes its rate, or leaves out the parity bit."""


class VirtualLine:
    """Joins a segment and a bus: what the worker thread and the driver are in real time."""

    def __init__(self, segment: Segment, bus: Bus) -> None:
        self._segment = segment
        self._bus = bus
        self._form = (0, True)  # baud rate, parity
        self._open = False
        self._pause = 0.0
        self.due = 0.0

    @property
    def wants_a_step(self) -> bool:
        """Somebody wrote to the segment."""
        return bool(self._segment.mail)

    def step(self, now: float) -> None:
        """One step of the segment, and what it does to the bus."""
        try:
            received = self._bus.take(now)
            if not self._open:
                self._open = True
                self._segment.line_opened()
            step = self._segment.step(now, received)
            if (step.baud_rate, step.parity) != self._form:
                self._bus.set_baud_rate(step.baud_rate, parity=step.parity)
                self._form = step.baud_rate, step.parity
            if step.send:
                self._bus.send(now, step.send)
            self._pause = 0.0
            self.due = self._next(step.wait_until)
        except LineLost as error:
            self._lose(error, now)

    def _next(self, wait_until: float) -> float:
        event = self._bus.next_event()
        return wait_until if event is None else min(wait_until, event)

    def _lose(self, error: LineLost, now: float) -> None:
        settings = self._segment.settings
        self._open = False
        self._segment.line_down(error)
        self._pause = min(max(self._pause * 2, settings.reopen_pause_minimum), settings.reopen_pause_maximum)
        self._segment.step(now)
        self.due = now + self._pause


def drive(engine: Engine, buses: Mapping[str, Bus], clock: VirtualClock, until: float) -> None:
    """Let time pass until the monotonic clock shows `until`; each bus belongs to the segment of its name.

    The engine is not started: no thread but this one runs.
    """
    engine.prepare()
    lines = [VirtualLine(engine.segment(name), bus) for name, bus in buses.items()]
    planned = now = clock.monotonic()
    while now < until:
        if now >= planned:
            planned = _run_jobs(engine, now)
        for line in lines:
            if line.due <= now or line.wants_a_step:
                line.step(now)
        clock.advance_to(min(until, planned, *(line.due for line in lines)))
        now = clock.monotonic()


def _run_jobs(engine: Engine, now: float) -> float:
    """Call what the scheduler has due; when it is to be looked at again."""
    engine.scheduler.run_pending()
    left = engine.scheduler.seconds_left
    return float("inf") if left is None else now + max(left, 0.0)
