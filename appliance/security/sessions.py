"""Who is logged in where."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Final

from appliance.clock import Clock

KEPT: Final = 100  # lines of a session


@dataclass
class SessionEntry:
    """One connection of one person; its owner closes it, `end` hangs up."""

    number: int
    door: str
    source: str
    since: datetime
    end: Callable[[], None] = field(repr=False)
    user: str = ""
    level: int = 0
    history: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT), repr=False)  # lines, without secrets


class Sessions:
    """All of them. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[int, SessionEntry] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def open(self, door: str, source: str, end: Callable[[], None], *, user: str = "", level: int = 0) -> SessionEntry:
        """Somebody connected."""
        entry = SessionEntry(next(self._numbers), door, source, self._clock.now(), end, user, level)
        with self._lock:
            self._entries[entry.number] = entry
        return entry

    def close(self, entry: SessionEntry) -> None:
        """They are gone; closing twice is harmless."""
        with self._lock:
            self._entries.pop(entry.number, None)

    def all(self) -> list[SessionEntry]:
        """In the order they came."""
        with self._lock:
            return list(self._entries.values())

    def end_all(self, user: str) -> int:
        """Hang up on every session of a user; how many."""
        entries = [entry for entry in self.all() if entry.user == user]
        for entry in entries:
            entry.end()
        return len(entries)
