"""A person at a terminal, as the working thread sees them: they answer questions, and say how to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from console.editor.keyboard import CTRL_C, ENTER, Keyboard
from console.editor.pager import END, More
from console.editor.prompts import Prompts
from console.editor.screen import ERASE_LINE
from console.editor.stream import Stream
from console.editor.wishes import Wishes

MORE: Final = "\x1b[7m more: space, enter, / searches, q ends \x1b[0m"


class AtTerminal:
    """Asked by the thread; each call waits for the answer."""

    def __init__(
        self, stream: Stream, keyboard: Keyboard, prompts: Prompts, wishes: Wishes, is_live: Callable[[], bool]
    ) -> None:
        self._stream = stream
        self._keyboard = keyboard
        self._prompts = prompts
        self._wishes = wishes
        self._is_live = is_live  # what is shown goes on until it is ended: no page stops it

    def ask(self, question: str, *, hidden: bool) -> str:
        return self._wishes.ask(lambda: self._prompts.ask(question, hidden=hidden), "")

    def more(self) -> More:
        return self._wishes.ask(self._full, END)

    async def _full(self) -> More:
        """The screen is full: what now?"""
        if self._is_live():
            return More(lines=self._stream.size.rows)
        self._stream.write(MORE.encode())
        key = ""
        while key not in (" ", ENTER, "/"):
            key = await self._keyboard.key()
            if key in ("", "q", "Q", CTRL_C):
                return self._go_on(END)
        if key == "/":
            self._go_on(END)
            return More(search=await self._prompts.ask("/"))
        return self._go_on(More(lines=1 if key == ENTER else self._stream.size.rows - 1))

    def _go_on(self, more: More) -> More:
        self._stream.write(ERASE_LINE.encode())
        return more
