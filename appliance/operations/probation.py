"""A change that is undone unless somebody confirms it in time: whoever locked himself out gets in again."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Trial:
    """What was changed, and until when somebody has to confirm it. None stands for a default; secrets in the clear."""

    until: datetime
    patience: timedelta
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]

    def left(self, now: datetime) -> timedelta:
        """What is left of its time: never more than it was given, whatever the clock did."""
        return max(timedelta(), min(self.until - now, self.patience))

    def back(self, present: Mapping[str, str | None]) -> dict[str, str | None]:
        """What leads back, of those settings that nobody changed since."""
        return {name: text for name, text in self.before.items() if present[name] == self.after[name]}

    def written(self) -> str:
        """As it is kept."""
        times = {"until": self.until.isoformat(), "patience": self.patience.total_seconds()}
        return json.dumps(asdict(self) | times)

    @classmethod
    def read(cls, text: str) -> Trial:
        """One that was kept."""
        kept = json.loads(text)
        until, patience = datetime.fromisoformat(kept["until"]), timedelta(seconds=kept["patience"])
        return cls(until, patience, kept["before"], kept["after"])


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
        self._undo: Callable[[Trial], object] | None = None
        self._timer: Timer | None = None
        self.trial: Trial | None = None  # the one that waits

    def begin(self, trial: Trial, left: timedelta, undo: Callable[[Trial], object]) -> None:
        """`undo` when the time left is over, unless it is confirmed before."""
        with self._lock:
            self.trial, self._undo = trial, undo
            self._timer = self._make_timer(left.total_seconds(), self.over)
            self._timer.start()

    def confirm(self) -> bool:
        """Keep the change; whether there was one."""
        with self._lock:
            waited, self.trial = self.trial is not None, None
            if self._timer is not None:
                self._timer.cancel()
        return waited

    def over(self) -> None:
        """Nobody confirmed."""
        with self._lock:
            trial, self.trial = self.trial, None
        if trial is not None and self._undo is not None:
            self._undo(trial)
