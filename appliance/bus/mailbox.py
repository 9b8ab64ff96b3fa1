"""What other threads want of a segment, done by its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

Order = Callable[[float], None]
"""Called with the monotonic time."""


class Mailbox:
    """Orders that wait. `put` is called from any thread, everything else from the segment's."""

    def __init__(self) -> None:
        self.wake: Callable[[], None] = _nobody
        self._waiting: deque[Order] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, order: Order) -> None:
        """Have something done soon."""
        self._waiting.append(order)
        self.wake()

    def work_off(self, now: float) -> None:
        """Do what waits, in the order it came."""
        while self._waiting:
            self._waiting.popleft()(now)


def _nobody() -> None:
    """Wakes nobody: the segment is driven by whoever looks at its mail."""
