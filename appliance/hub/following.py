"""A follower's own queue of events: bounded, so that a slow follower loses its oldest events and harms nobody."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

Event = TypeVar("Event")


class Following(Generic[Event]):
    """Events of some kinds, from the moment of following until `close`. Made by `Hub.follow`."""

    def __init__(self, kinds: tuple[type[Event], ...], limit: int, leave: Callable[[Following[Event]], None]) -> None:
        self.kinds = kinds
        self.dropped = 0  # events lost because nobody took them in time
        self._limit = limit
        self._leave = leave
        self._events: deque[Event] = deque()
        self._changed = threading.Condition()
        self._closed = False

    @property
    def closed(self) -> bool:
        """No more events will come."""
        return self._closed

    def offer(self, event: Event) -> None:
        """Take an event in; never waits. The oldest one goes where there is no room."""
        with self._changed:
            if self._closed:
                return
            if len(self._events) >= self._limit:
                self._events.popleft()
                self.dropped += 1
            self._events.append(event)
            self._changed.notify()

    def get(self, timeout: float | None = None) -> Event | None:
        """The next event; None when none came within `timeout` seconds or the following is closed."""
        until = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not self._events and not self._closed:
                rest = None if until is None else until - time.monotonic()
                if rest is not None and rest <= 0:
                    return None
                self._changed.wait(rest)
            return self._events.popleft() if self._events else None

    def __iter__(self) -> Iterator[Event]:
        while (event := self.get()) is not None:
            yield event

    def close(self) -> None:
        """Follow no longer; whoever waits in `get` is released, what came before is still given out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._leave(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
