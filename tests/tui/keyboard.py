"""Keys as a person types them: words at once, as a slow line brings them, each key that acts alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from textual import events
from textual.keys import KEY_NAME_REPLACEMENTS
from textual.pilot import Pilot

WORD = 4  # characters in a row that are taken for text, not for keys that act


async def type_keys(pilot: Pilot[Any], keys: Iterable[str]) -> None:
    """All of them, and what they lead to. Textual's pilot waits some 50 ms at each key, which a word need not."""
    for run in _runs(keys):
        if len(run) >= WORD:
            for character in run:
                pilot.app.post_message(events.Key(_name(character), character))
            await settle(pilot)
            continue
        for key in run:
            await pilot.press(key)
            await settle(pilot)


async def settle(pilot: Pilot[Any]) -> None:
    """Until nothing that was begun goes on."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def _runs(keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """What belongs together: characters in a row, and each other key by itself."""
    for is_text, run in groupby(keys, lambda key: len(key) == 1):
        if is_text:
            yield tuple(run)
        else:
            yield from ((key,) for key in run)


def _name(character: str) -> str:
    """As Textual calls the key."""
    if character.isalnum():
        return character
    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)
