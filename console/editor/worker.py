"""The one thread on which a session works: orders may wait for meters, the loop must not."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable


class Worker:
    """Does one thing after the other; its thread starts with the first."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def do(self, work: Callable[[], None]) -> None:
        """Have it done in its turn."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._work.put(work)

    def close(self) -> None:
        """End after what was given; waits for nothing."""
        self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
