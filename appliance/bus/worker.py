"""The thread of one segment: steps it over a blocking line, and opens the line again for ever when it is lost."""

from __future__ import annotations

import threading
from typing import Final

from appliance.bus.segment import Segment
from appliance.clock import Clock
from appliance.errors import LineLost, LineRefused
from appliance.log import stream
from appliance.mbus.framer import Received
from appliance.ports import Line, OpenLine

log = stream("bus")

GROWTH: Final = 2.0


class Worker:
    """Runs one segment."""

    def __init__(self, segment: Segment, open_line: OpenLine, clock: Clock) -> None:
        self._segment = segment
        self._open_line = open_line
        self._clock = clock
        self._line: Line | None = None
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._pause = 0.0
        self._why = ""
        self._thread = threading.Thread(target=self._run, name=f"bus-{segment.name}", daemon=True)
        segment.mail.wake = self.wake

    def start(self) -> None:
        self._thread.start()

    def stop(self, sentence: str) -> None:
        """End the thread; every open slot gets the reason."""
        self._why = sentence
        self._stopped.set()
        self.wake()
        self._thread.join()

    def wake(self) -> None:
        """Let it look at its mail at once, whatever it waits for."""
        self._woken.set()
        line = self._line
        if line is not None:
            line.wake()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._work()
            except (LineLost, LineRefused) as error:
                self._wait_before_reopening(error)
            except Exception:  # one telegram that trips the program must not end the readings of a whole bus
                log.exception("%s: the visit under way failed.", self._segment.name)
                self._segment.recover()
                self._wait_before_reopening(LineLost("The program failed on this bus; the log says how."))
        self._segment.stop(self._why)

    def _work(self) -> None:
        line = self._open()
        try:
            self._talk(line)
        finally:
            self._line = None
            line.close()

    def _open(self) -> Line:
        settings = self._segment.settings
        line = self._open_line(settings.url)
        line.open(settings.baud_rate)
        self._line = line
        if self._pause:
            log.info("%s: %s is open again.", settings.name, line.name)
        self._segment.line_opened()
        return line

    def _talk(self, line: Line) -> None:
        received, form = Received(), (self._segment.settings.baud_rate, True)
        while not self._stopped.is_set():
            step = self._segment.step(self._clock.monotonic(), received)
            if (step.baud_rate, step.parity) != form:
                line.set_baud_rate(step.baud_rate, parity=step.parity)
                form = step.baud_rate, step.parity
            if step.send:
                line.send(step.send)
            received = line.receive(step.wait_until)
            if received.octets:
                self._pause = 0.0

    def _wait_before_reopening(self, error: LineLost | LineRefused) -> None:
        """Pauses grow up to the longest; a line refused waits that long at once. Slots that pass get their reason."""
        settings = self._segment.settings
        if not self._pause:
            log.warning("%s: %s", settings.name, error.sentence)
        self._segment.line_down(error)
        grown = max(self._pause * GROWTH, settings.reopen_pause_minimum)
        refused = isinstance(error, LineRefused)
        self._pause = settings.reopen_pause_maximum if refused else min(grown, settings.reopen_pause_maximum)
        until = self._clock.monotonic() + self._pause
        while not self._stopped.is_set() and (now := self._clock.monotonic()) < until:
            self._woken.clear()
            step = self._segment.step(now)
            self._woken.wait(max(min(step.wait_until, until) - now, 0.0))
