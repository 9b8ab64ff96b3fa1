"""The hub joins what happens to whoever looks: events out, questions in, long orders kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, ParamSpec, TypeVar, overload

from appliance.clock import Clock, SystemClock
from appliance.hub.following import Following
from appliance.hub.jobs import JobBook
from appliance.hub.pool import Pool

QUESTIONS_AT_ONCE: Final = 4

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Hub:
    """Thread-safe; `publish` never waits for a follower."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.jobs = JobBook(clock or SystemClock(), self.publish)
        self._pool = Pool(QUESTIONS_AT_ONCE, "hub")
        self._lock = threading.Lock()
        self._followings: tuple[Following[Any], ...] = ()  # replaced, never changed: publish reads it without a lock
        self._closed = False

    def publish(self, event: object) -> None:
        """Hand an event to everybody who follows its kind."""
        for following in self._followings:
            if isinstance(event, following.kinds):
                following.offer(event)

    # One overload per number of kinds: a checker joins the kinds of a variadic signature to `object`.
    @overload
    def follow(self, a: type[A], /, *, limit: int = 1000) -> Following[A]: ...

    @overload
    def follow(self, a: type[A], b: type[B], /, *, limit: int = 1000) -> Following[A | B]: ...

    @overload
    def follow(self, a: type[A], b: type[B], c: type[C], /, *, limit: int = 1000) -> Following[A | B | C]: ...

    @overload
    def follow(
        self, a: type[A], b: type[B], c: type[C], d: type[D], /, *, limit: int = 1000
    ) -> Following[A | B | C | D]: ...

    @overload
    def follow(
        self, a: type[A], b: type[B], c: type[C], d: type[D], e: type[E], /, *, limit: int = 1000
    ) -> Following[A | B | C | D | E]: ...

    def follow(self, *kinds: type[Any], limit: int = 1000) -> Following[Any]:
        """A queue of the events of these kinds from now on, of at most `limit`; use it in a `with`."""
        following: Following[Any] = Following(kinds, limit, self._leave)
        with self._lock:
            if not self._closed:
                self._followings = (*self._followings, following)
                return following
        following.close()
        return following

    def wanted(self, kind: type) -> bool:
        """Whether anybody follows this kind, so that events nobody sees need not be made."""
        return any(issubclass(kind, following.kinds) for following in self._followings)

    def ask(
        self, function: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Future[Result]:
        """Run a short function off the caller's thread; loops await the future."""
        return self._pool.ask(function, *arguments, **named)

    def close(self) -> None:
        """Break off the jobs, release every follower, take no more questions."""
        self.jobs.cancel_all()
        with self._lock:
            self._closed = True
            followings = self._followings
        for following in followings:
            following.close()
        self._pool.close()

    def _leave(self, following: Following[Any]) -> None:
        with self._lock:
            self._followings = tuple(other for other in self._followings if other is not following)
