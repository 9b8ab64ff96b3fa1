"""How long a silent client is waited for: until it has logged in, and at every prompt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from console.editor.stream import Limits


class Patience:
    """Calls `expired` with the reason once; counts only what a person types, on the loop's time."""

    def __init__(self, limits: Limits, admit: Callable[[], bool], expired: Callable[[str], None]) -> None:
        self._limits = limits
        self._admit = admit
        self._admitted = False
        self._expired = expired
        self._loop = asyncio.get_running_loop()
        self._idle: asyncio.TimerHandle | None = None
        self._waits = False
        self._farewell = ""  # said, and the end, at the person's next turn
        self._before_login: asyncio.TimerHandle | None = None
        if limits.before_login is not None:
            self._before_login = self._loop.call_later(limits.before_login, self._not_logged_in)

    def logged_in(self) -> None:
        """The time before login is over, where there is room for one more."""
        if not self._admitted:
            self._admitted = self._admit()
            if not self._admitted:
                self.close()
                self._expired("Closed: too many are logged in already.")
                return
        self._stop_login_time()

    def _stop_login_time(self) -> None:
        if self._before_login is not None:
            self._before_login.cancel()
            self._before_login = None

    def wait(self) -> None:
        """It is the person's turn."""
        self._waits = True
        self.touch()
        if self._farewell:
            self._end()

    def work(self) -> None:
        """It is ours: an order runs."""
        self._waits = False
        self._stop()

    def touch(self) -> None:
        """Something was typed."""
        self._stop()
        if self._waits and self._limits.idle is not None:
            self._idle = self._loop.call_later(self._limits.idle, self._silent)

    def end(self, sentence: str) -> None:
        """Close, once what the person ordered is answered."""
        self._farewell = sentence
        if self._waits:
            self._end()

    def _end(self) -> None:
        self.close()
        self._expired(self._farewell)

    def close(self) -> None:
        """Wait for nobody any more."""
        self.work()
        self._stop_login_time()

    def _stop(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _silent(self) -> None:
        self.close()
        self._expired(f"Closed: nothing was typed for {self._limits.idle:g} s.")

    def _not_logged_in(self) -> None:
        limit = self._limits.before_login
        self.close()
        self._expired(f"Closed: nobody logged in within {limit:g} s.")
