"""The appliance with a watch on its bus workers: `python -m benchmarks.watched run ...`.

A line's `receive(until)` that got nothing should return at `until`; what the worker then sends should be on its way at
once. How much later that was is written to a file, in pairs of doubles: the monotonic moment and the delay in seconds.
"""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import appliance.appliance
from appliance.__main__ import main
from appliance.mbus.framer import Received
from appliance.ports import Line
from drivers.lines import open_line

FILE: Final = "BUSMEISTER_BENCH_DELAYS"  # variable that names it
PAIR: Final = struct.Struct("=dd")


class WatchedLine:
    """A line that writes down how late its worker was. One worker uses it; `wake` comes from other threads."""

    def __init__(self, line: Line, file: BinaryIO) -> None:
        self.name = line.name
        self.open = line.open
        self.set_baud_rate = line.set_baud_rate
        self.wake = line.wake
        self.close = line.close
        self._line = line
        self._file = file
        self._wanted: float | None = None  # when the worker wanted to be awake, where it was to wake by itself

    def send(self, octets: bytes) -> None:
        """Late by the waking and by the step that came before."""
        self._line.send(octets)
        self._note()

    def receive(self, until: float) -> Received:
        """Late by the waking alone, where nothing is sent next."""
        self._note()
        begun = time.monotonic()
        received = self._line.receive(until)
        if not received.octets and begun < until <= time.monotonic():
            self._wanted = until
        return received

    def _note(self) -> None:
        if self._wanted is not None:
            now = time.monotonic()
            self._file.write(PAIR.pack(now, now - self._wanted))
            self._wanted = None


def delays(file: Path) -> Iterator[tuple[float, float]]:
    """What was written down until now, in the order of time."""
    octets = file.read_bytes()
    yield from PAIR.iter_unpack(octets[: len(octets) // PAIR.size * PAIR.size])


if __name__ == "__main__":
    with Path(os.environ[FILE]).open("wb", buffering=0) as target:
        appliance.appliance.open_line = lambda url: WatchedLine(open_line(url), target)  # type: ignore[attr-defined]  # the seam
        sys.exit(main())
