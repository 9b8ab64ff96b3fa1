"""A change that is undone unless somebody confirms it in time: whoever locked himself out gets in again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol


class Timer(Protocol):
    """What `threading.Timer` is."""

    def start(self) -> None:
        """Count."""

    def cancel(self) -> None:
        """Count no more."""


def daemon_timer(seconds: float, act: Callable[[], None]) -> Timer:
    """One that keeps no process from ending."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    return timer


class Probation:
    """At most one change waits. Thread-safe."""

    def __init__(self, make_timer: Callable[[float, Callable[[], None]], Timer] = daemon_timer) -> None:
        self._make_timer = make_timer
        self._lock = threading.Lock()
        self._undo: Callable[[], object] | None = None
        self._timer: Timer | None = None

    @property
    def waits(self) -> bool:
        """Whether a change waits to be confirmed."""
        return self._undo is not None

    def begin(self, undo: Callable[[], object], time: timedelta) -> None:
        """`undo` after `time`, unless it is confirmed before."""
        with self._lock:
            self._undo = undo
            self._timer = self._make_timer(time.total_seconds(), self.over)
            self._timer.start()

    def confirm(self) -> bool:
        """Keep the change; whether there was one."""
        with self._lock:
            waited, self._undo = self._undo is not None, None
            if self._timer is not None:
                self._timer.cancel()
        return waited

    def over(self) -> None:
        """Nobody confirmed."""
        with self._lock:
            undo, self._undo = self._undo, None
        if undo is not None:
            undo()
