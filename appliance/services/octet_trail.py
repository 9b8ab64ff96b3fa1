"""Every octet that passes while a bus is lent, kept in the audit trail: whoever has the bus may write to meters.

```text
bus lend main: octets    > 1040FE3E16 < E5 > 105BFE5916 < 6832326808...      (> to the bus, < from it)
```
A row holds what one computer and the bus said in ten seconds, or as much as fits; a power cut loses the one that was
being filled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from appliance.clock import Clock
from appliance.operations.lending import LendingOrder
from appliance.security.books import Act

LETTERS: Final = 900  # of a row
TURN: Final = 4  # letters that a change of direction takes
AT_ONCE: Final = 400  # octets
SECONDS: Final = 10.0
TO_BUS: Final = ">"
FROM_BUS: Final = "<"


class OctetTrail:
    """The octets of one loan. Thread-safe: they come from both sides."""

    def __init__(
        self, order: LendingOrder, source: Callable[[], str], clock: Clock, record: Callable[[Act], None]
    ) -> None:
        self._order = order
        self._source = source
        self._clock = clock
        self._record = record
        self._lock = threading.Lock()
        self._pieces: list[tuple[str, bytearray]] = []
        self._letters = 0
        self._since = 0.0
        self._whose = ""

    def note(self, way: str, octets: bytes) -> None:
        """Octets passed."""
        with self._lock:
            for start in range(0, len(octets), AT_ONCE):
                self._take(way, octets[start : start + AT_ONCE])

    def pass_time(self) -> None:
        """Write down what waits for long."""
        with self._lock:
            if self._letters and self._clock.monotonic() - self._since >= SECONDS:
                self._write()

    def close(self) -> None:
        """Write down what is left."""
        with self._lock:
            if self._letters:
                self._write()

    def _take(self, way: str, octets: bytes) -> None:
        letters, whose = 2 * len(octets) + TURN, self._source()
        if self._letters and (self._letters + letters > LETTERS or whose != self._whose):
            self._write()
        if not self._letters:
            self._since, self._whose = self._clock.monotonic(), whose
        if not self._pieces or self._pieces[-1][0] != way:
            self._pieces.append((way, bytearray()))
        self._pieces[-1][1].extend(octets)
        self._letters += letters

    def _write(self) -> None:
        text = " ".join(f"{way} {octets.hex().upper()}" for way, octets in self._pieces)
        self._pieces, self._letters = [], 0
        what = f"bus lend {self._order.segment}: octets"
        self._record(Act(who=self._order.who, door="level_converter", source=self._whose, what=what, new=text))
