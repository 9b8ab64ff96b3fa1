"""Keys that come faster than the screen changes: one after the other, and none before what it is meant for is there.

A slow line brings keys together. Textual would hand each to what has the focus at that moment: what is typed after `/`
to the list instead of the field, `enter` after `2` to a list that is still empty.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from textual import events
from textual.dom import DOMNode
from textual.widgets import Input

from tui.screens.page import Page

if TYPE_CHECKING:
    from tui.app import Dashboard

MOST: Final = 4096  # keys that wait; more than anybody types ahead
PATIENCE: Final = 1.0  # seconds for a screen to be there; what is slower gets its keys as it is
ROUNDS: Final = 2  # of messages: what a key does, and what a widget says because of it
Typed = events.Key | events.Paste


class TypedAhead:
    """Of one session."""

    def __init__(self, app: Dashboard, give: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._give = give
        self._waiting: deque[Typed] = deque()
        self._at_work = False

    def take(self, event: Typed) -> None:
        """This one too, after those that wait."""
        if len(self._waiting) < MOST:
            self._waiting.append(event)
        if not self._at_work:
            self._at_work = True
            self._app.run_worker(self._work(), group="keys")

    async def _work(self) -> None:
        try:
            while self._waiting:
                target, event = self._app.focused or self._app.screen, self._waiting.popleft()
                await self._give(event)
                if not (self._waiting and _is_text(event, target) and _is_text(self._waiting[0], target)):
                    await self._settle(target)
        finally:
            self._at_work = False

    async def _settle(self, target: DOMNode) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await _until_over(target)
                await _until_there(self._app)
        except TimeoutError:
            return


def _is_text(event: Typed, target: DOMNode) -> bool:
    """A letter for a field: it changes nothing that the next letter is meant for, so the two go together."""
    return (
        isinstance(target, Input)
        and isinstance(event, events.Key)
        and target.check_consume_key(event.key, event.character)
    )


async def _until_over(target: DOMNode) -> None:
    """Each on the way from the widget to the application did what came to it before."""
    for _round in range(ROUNDS):
        for node in target.ancestors_with_self:
            over = asyncio.Event()
            if node.call_later(over.set):
                await over.wait()


async def _until_there(app: Dashboard) -> None:
    """The screen has its widgets and, where it shows what is asked for, its first answer."""
    screen = app.screen
    drawn = asyncio.Event()
    if screen.call_after_refresh(drawn.set):
        await drawn.wait()
    if isinstance(screen, Page) and app.is_in:
        await screen.loaded.wait()
