"""The two lines (data or command, reset) that a display on SPI needs besides the bus, through gpiod.

luma asks for them in the manner of RPi.GPIO, which knows one family of boards; this is that manner over any Linux chip.
"""

from __future__ import annotations

from typing import Any, Final

from drivers.gpio import CONSUMER, library


class ControlLines:
    """As much of RPi.GPIO as luma uses."""

    OUT: Final = "out"
    HIGH: Final = 1
    LOW: Final = 0

    def __init__(self, chip: str) -> None:
        self._chip = chip
        self._requests: dict[int, Any] = {}

    def setup(self, line: int, mode: str) -> None:
        """Take a line as an output."""
        gpiod = library()
        settings = gpiod.LineSettings(direction=gpiod.line.Direction.OUTPUT)
        self._requests[line] = gpiod.request_lines(self._chip, {line: settings}, CONSUMER)

    def output(self, line: int, level: int) -> None:
        """Put it high or low."""
        value = library().line.Value
        self._requests[line].set_value(line, value.ACTIVE if level else value.INACTIVE)

    def close(self) -> None:
        """Let the lines go."""
        for request in self._requests.values():
            request.release()
        self._requests.clear()
