"""Keys as a person types them: words at once, as a slow line brings them, each key that acts alone."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from typing import Any, Final, cast

from textual import events
from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

WORD: Final = 4  # characters in a row that are taken for text, not for keys that act
ROUNDS: Final = 50  # of work and picture; a session that ends has a picture that is never drawn


async def type_keys(pilot: Pilot[Any], keys: Iterable[str]) -> None:
    """All of them, and what they lead to. Textual's pilot would ask each widget at each key whether it is idle."""
    for run in _runs(keys):
        if len(run) >= WORD:
            for character in run:
                pilot.app.post_message(_pressed(character))
            await settle(pilot)
            continue
        for key in run:
            pilot.app.post_message(_pressed(key))
            await settle(pilot)


async def settle(pilot: Pilot[Any]) -> None:
    """Until nothing that was begun goes on, and the screen shows it."""
    for _round in range(ROUNDS):
        await _at_rest()
        screen = pilot.app.screen
        if any(not worker.is_finished for worker in pilot.app.workers):
            with suppress(WorkerCancelled):  # a newer one took its place, or its screen is left
                await pilot.app.workers.wait_for_complete()
        elif screen._layout_required or screen._repaint_required or screen._dirty_widgets or screen._callbacks:
            screen._on_timer_update()  # without the pause that the screen makes between two pictures
        else:
            return


async def _at_rest() -> None:
    """Until no task of the loop can go on before a timer, a thread or the network lets it."""
    ready = cast("Any", asyncio.get_running_loop())._ready
    await asyncio.sleep(0)
    while ready:  # noqa: ASYNC110  # there is no event for it
        await asyncio.sleep(0)


def _runs(keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """What belongs together: characters in a row, and each other key by itself."""
    for is_text, run in groupby(keys, lambda key: len(key) == 1):
        if is_text:
            yield tuple(run)
        else:
            yield from ((key,) for key in run)


def _pressed(key: str) -> events.Key:
    """By its character, or by the name that Textual gives it."""
    if len(key) > 1:
        return events.Key(key, key_to_character(key))
    if key.isalnum():
        return events.Key(key, key)
    name = unicodedata.name(key).lower().replace("-", "_").replace(" ", "_")
    return events.Key(KEY_NAME_REPLACEMENTS.get(name, name), key)
