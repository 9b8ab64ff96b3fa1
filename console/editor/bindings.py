"""Tab completes, `?` lists what may come here, ctrl-l draws anew."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output

from console.editor.suggestions import Suggestion, begins, in_quotes, suggest
from console.rendering import cells, cut
from console.session import Session

MOST_LINES: Final = 100


class Typing(Protocol):
    """Whose line is being typed."""

    @property
    def session(self) -> Session: ...


def bindings(typing: Typing) -> KeyBindings:
    """Keys that a command line has besides the usual ones."""
    keys = KeyBindings()
    helper = Helper(typing)

    @keys.add("tab")
    def complete(event: KeyPressEvent) -> None:
        helper.begin(event, inserts=True)

    @keys.add("?")
    def offer(event: KeyPressEvent) -> None:
        if in_quotes(event.current_buffer.document.text_before_cursor):
            event.current_buffer.insert_text("?")
        else:
            helper.begin(event, inserts=False)

    @keys.add("c-z")
    def nothing(event: KeyPressEvent) -> None:
        """No order runs that could be left."""

    return keys


class Helper:
    """Looks up what may come, off the loop and one question at a time, however fast Tab is pressed."""

    def __init__(self, typing: Typing) -> None:
        self._typing = typing
        self._asked: asyncio.Task[None] | None = None

    def begin(self, event: KeyPressEvent, *, inserts: bool) -> None:
        """Complete the word, or list what may come where that is not one."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._help(event.current_buffer, event.app.output, inserts=inserts))

    async def _help(self, buffer: Buffer, output: Output, *, inserts: bool) -> None:
        found = await _suggestions(self._typing, buffer)
        if found is None or (inserts and _insert(buffer, found)):
            return
        await run_in_terminal(lambda: _print(output, found))


async def _suggestions(typing: Typing, buffer: Buffer) -> list[Suggestion] | None:
    """What may come at the cursor; None where the line has changed meanwhile."""
    before = buffer.document.text_before_cursor
    call = typing.session.call
    found = await asyncio.wrap_future(call.parts.hub.ask(suggest, call, before))
    return found if buffer.document.text_before_cursor == before else None


def _insert(buffer: Buffer, found: list[Suggestion]) -> bool:
    """Type what is common to all; whether that was anything."""
    texts = [one.text for one in found if one.text]
    if not texts or len(texts) < len(found):
        return False
    word = found[0].typed
    common = _common(texts)
    if len(texts) == 1:
        common += found[0].after
    if len(common) <= len(word) or not begins(common, word):
        return False
    buffer.delete_before_cursor(len(word))
    buffer.insert_text(common)
    return True


def _common(texts: list[str]) -> str:
    """What all begin with."""
    first, last = min(texts), max(texts)
    same = next((place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return first[:same]


def _print(output: Output, found: list[Suggestion]) -> None:
    """One line each, as far as the window goes."""
    size = output.get_size()
    room = max(4, min(MOST_LINES, size.rows - 2))
    width = min(max((cells(one.shown) for one in found), default=0), size.columns // 2)
    for one in found[:room]:
        name = cut(one.shown, width)
        line = f"  {name}{' ' * (width - cells(name))}  {one.help}".rstrip()
        output.write(cut(line, size.columns - 1) + "\n")
    if len(found) > room:
        output.write(f"  and {len(found) - room} more\n")
    if not found:
        output.write("  nothing more\n")
    output.flush()
