"""Pins of a Linux GPIO chip through gpiod (libgpiod 2), imported when a board with pins is used.

The kernel debounces and stamps the edges with the monotonic clock; a thread waits for them on the descriptor.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from appliance.board import Board, Pin
from appliance.errors import HardwareError
from appliance.ports import Edge

CONSUMER: Final = "busmeister"
DEBOUNCE: Final = timedelta(milliseconds=20)
NANOSECONDS: Final = 1_000_000_000


class GpioPins:
    """All pins of a board."""

    def __init__(self, board: Board) -> None:
        self._chip = board.chip
        self._buttons = {one.pin.line: (one.role, one.pin) for one in board.buttons if one.pin}
        outputs = {one.role: one.pin for one in board.lights} | {one.role: one.pin for one in board.relays}
        outputs |= {one.role: one.pin for one in board.cutters}
        self._outputs = {role: pin for role, pin in outputs.items() if pin}
        self._request: Any = None
        self._bell = -1
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def open(self, deliver: Callable[[Edge], None]) -> frozenset[str]:
        """Request the lines; the buttons that are down already."""
        gpiod = library()
        try:
            self._request = gpiod.request_lines(self._chip, self._configuration(gpiod), CONSUMER)
            active = gpiod.line.Value.ACTIVE
            down = [role for line, (role, _) in self._buttons.items() if self._request.get_value(line) == active]
        except (OSError, ValueError, gpiod.ChipClosedError, gpiod.RequestReleasedError) as error:
            self.close()
            raise HardwareError(f"The pins of {self._chip} cannot be used: {_text(error)}.") from error
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._read, args=(gpiod, deliver), name="buttons", daemon=True)
        self._thread.start()
        return frozenset(down)

    def set(self, role: str, on: bool) -> None:
        """Switch one output."""
        pin = self._outputs.get(role)
        if pin is None or self._request is None:
            return
        value = library().line.Value
        try:
            with self._lock:
                self._request.set_value(pin.line, value.ACTIVE if on else value.INACTIVE)
        except (OSError, ValueError) as error:
            raise HardwareError(f"{role} on line {pin.line} cannot be switched: {_text(error)}.") from error

    def close(self) -> None:
        """Switch off, end the thread, let the lines go."""
        if self._thread is not None:
            os.eventfd_write(self._bell, 1)
            self._thread.join()
            self._thread = None
            os.close(self._bell)
        if self._request is not None:
            with contextlib.suppress(HardwareError):  # what cannot be switched off is let go all the same
                for role in self._outputs:
                    self.set(role, False)
            self._request.release()
            self._request = None

    def _configuration(self, gpiod: Any) -> dict[int, Any]:  # noqa: ANN401  # a module imported when asked
        line = gpiod.line
        pulls = {"up": line.Bias.PULL_UP, "down": line.Bias.PULL_DOWN, "none": line.Bias.AS_IS}

        def button(pin: Pin) -> object:
            return gpiod.LineSettings(
                direction=line.Direction.INPUT,
                edge_detection=line.Edge.BOTH,
                bias=pulls[pin.pull],
                active_low=pin.active_low,
                debounce_period=DEBOUNCE,
                event_clock=line.Clock.MONOTONIC,
            )

        def output(pin: Pin) -> object:
            return gpiod.LineSettings(direction=line.Direction.OUTPUT, active_low=pin.active_low)

        lines = {number: button(pin) for number, (_, pin) in self._buttons.items()}
        return lines | {pin.line: output(pin) for pin in self._outputs.values()}

    def _read(self, gpiod: Any, deliver: Callable[[Edge], None]) -> None:  # noqa: ANN401  # imported when asked
        poll = select.poll()
        poll.register(self._request.fd, select.POLLIN)
        poll.register(self._bell, select.POLLIN)
        while self._bell not in {descriptor for descriptor, _ in poll.poll()}:
            with self._lock:
                events = self._request.read_edge_events()
            for event in events:
                role, _ = self._buttons[event.line_offset]
                pressed = event.event_type is gpiod.EdgeEvent.Type.RISING_EDGE  # of the meaning, not of the voltage
                deliver(Edge(role, pressed, event.timestamp_ns / NANOSECONDS))


def library() -> Any:  # noqa: ANN401  # a module imported when asked
    """The library, or a `HardwareError` that says how to install it."""
    try:
        import gpiod
        import gpiod.line
    except ImportError as error:
        raise HardwareError(
            "Pins need the Python package gpiod, which is not installed. "
            "Install it with: pip install 'busmeister[hardware]'."
        ) from error
    return gpiod


def _text(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).lower()
