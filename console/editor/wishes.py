"""From the thread that works to the loop: what it wants of a person and waits for, and how its order ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from console.session import Outcome

Wanted = TypeVar("Wanted")


@dataclass(frozen=True, slots=True)
class Wish:
    """Something a person is to do; run on the loop, waited for by the thread."""

    ask: Callable[[], Coroutine[Any, Any, Any]]
    answer: Future[Any]
    empty: object  # the answer of nobody

    def refuse(self) -> None:
        """Nobody answers."""
        if not self.answer.done():
            self.answer.set_result(self.empty)


class Wishes:
    """Made on the loop; `ask` and `end` are called by the thread, everything else on the loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[Wish | Outcome] = asyncio.Queue()
        self._over = False

    def ask(self, ask: Callable[[], Coroutine[Any, Any, Wanted]], empty: Wanted) -> Wanted:
        """Have a person asked; `empty` where nobody is there any more."""
        wish = Wish(ask, Future(), empty)
        if not self._tell(wish):
            return empty
        answer: Wanted = wish.answer.result()
        return answer

    def end(self, outcome: Outcome) -> None:
        """The order ended; it wishes nothing more."""
        self._tell(outcome)

    async def next(self) -> Wish | Outcome:
        """What comes next."""
        return await self._waiting.get()

    def close(self) -> None:
        """Nobody is there any more: what waits, and what may still come, gets the answer of nobody."""
        self._over = True
        while not self._waiting.empty():
            self._hear(self._waiting.get_nowait())

    def _tell(self, wish: Wish | Outcome) -> bool:
        """Hand it to the loop; False where that has ended."""
        try:
            self._loop.call_soon_threadsafe(self._hear, wish)
        except RuntimeError:
            return False
        return True

    def _hear(self, wish: Wish | Outcome) -> None:
        if not self._over:
            self._waiting.put_nowait(wish)
        elif isinstance(wish, Wish):
            wish.refuse()
