"""What is typed, sorted: to the prompt, to a question of the pager, or kept until one comes; ctrl-c at once.

What is typed while an order runs waits, in bounded room: then nothing more is read and the connection holds it back.
"""

from __future__ import annotations

import asyncio
import codecs
import re
from collections.abc import Callable
from typing import Final

from console.editor.keys import StreamInput
from console.editor.stream import Stream

CTRL_C, CTRL_Z, ENTER, ESCAPE = "\x03", "\x1a", "\r", "\x1b"
AHEAD: Final = 64 * 1024  # characters that may wait
SLICE: Final = 64  # keys given to a prompt before the loop does something else
KEYS_PER_LINE: Final = 1024  # that one line may take besides its length: editing, the history
PASTED: Final = re.compile(r"[^\x00-\x1f\x7f]{16,}")  # what nobody types at once


class Keyboard:
    """Reads the stream in a task of its own; everything happens on the loop."""

    def __init__(self, stream: Stream, keys: StreamInput, longest: int, touched: Callable[[], None]) -> None:
        self.ended = False  # nothing more will be typed
        self.spoilt = False  # the line being typed is far too long, what there is of it must not be taken
        self.on_break: Callable[[str], None] = lambda key: None  # ctrl-c or ctrl-z while no prompt waits
        self.on_end: Callable[[], None] = lambda: None
        self._stream = stream
        self._keys = keys
        self._budget = longest + KEYS_PER_LINE
        self._touched = touched
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._after_return = False
        self._ahead = ""
        self._given = 0
        self._in_sequence = False  # an escape sequence may have begun
        self._wanted = False  # a prompt waits for the keys of a line
        self._key_wanted = False  # somebody waits for a single key, which may be ctrl-c
        self._came = asyncio.Event()
        self._taken = asyncio.Event()

    async def run(self) -> None:
        """Read until the other side ends."""
        try:
            while octets := await self._stream.read():
                self._touched()
                self._take(self._one_return(self._decode(octets)))
                while len(self._ahead) > AHEAD:
                    self._taken.clear()
                    await self._taken.wait()
        finally:
            self.ended = True
            self._came.set()
            self.on_end()
            if not self._wanted or not self._ahead:
                self._keys.close()

    @property
    def is_idle(self) -> bool:
        """Everything typed was given to somebody."""
        return not self._ahead

    def begin_line(self) -> None:
        """A prompt waits: give it what was typed, to the next Enter."""
        self.spoilt = False
        self._given = 0
        self._wanted = True
        self._give()

    def end_line(self) -> None:
        """No prompt waits."""
        self._wanted = False

    async def key(self) -> str:
        """One key, typed now; empty at the end."""
        self._key_wanted = True
        try:
            while not self._ahead and not self.ended:
                self._came.clear()
                await self._came.wait()
        finally:
            self._key_wanted = False
        return self._cut(1)

    async def line(self) -> str | None:
        """A line without editing and echo; None at the end."""
        while ENTER not in self._ahead and not self.ended and len(self._ahead) <= AHEAD:
            self._came.clear()
            await self._came.wait()
        if not self._ahead and self.ended:
            return None
        end = self._ahead.find(ENTER)
        return self._cut(end + 1 if end >= 0 else len(self._ahead)).rstrip(ENTER)

    def _take(self, text: str) -> None:
        if not self._wanted and not self._key_wanted:
            text = self._breaks(text)
        self._ahead += text
        self._came.set()
        if self._wanted:
            self._give()

    def _breaks(self, text: str) -> str:
        """Ctrl-c drops what was typed before it, as on every terminal."""
        for key in (CTRL_C, CTRL_Z):
            before, sign, after = text.rpartition(key)
            if sign:
                if key == CTRL_C:
                    self._ahead, before = "", ""
                    self._taken.set()
                text = before + after
                self.on_break(key)
        return text

    def _give(self) -> None:
        """One slice to the prompt; the rest when the loop comes round."""
        if not self._wanted or not self._ahead:
            if self.ended and self._wanted:
                self._keys.close()
            return
        if self._given > self._budget:
            self._skip()
        else:
            self._give_piece(self._piece())
        asyncio.get_running_loop().call_soon(self._give)

    def _give_piece(self, piece: str) -> None:
        self._given += len(piece)
        self._wanted = not piece.endswith(ENTER)
        if CTRL_C in piece:
            self._keys.reset()  # whatever half sequence came before it
            self._given = 0
        if PASTED.fullmatch(piece):
            self._keys.paste(piece)
        else:
            self._keys.feed(piece)

    def _piece(self) -> str:
        """A run of text that was pasted, else some keys, to the next Enter."""
        pasted = None if self._in_sequence else PASTED.match(self._ahead)
        if pasted:
            return self._cut(min(pasted.end(), self._budget))
        end = self._ahead.find(ENTER, 0, SLICE)
        piece = self._cut(end + 1 if end >= 0 else SLICE)
        self._in_sequence = ESCAPE in piece[-8:]
        return piece

    def _skip(self) -> None:
        """Far too much for one line: nothing of it is looked at, up to Enter or ctrl-c."""
        self.spoilt = True
        self._in_sequence = False
        self._keys.reset()
        ends = [place for place in (self._ahead.find(ENTER), self._ahead.find(CTRL_C)) if place >= 0]
        self._cut(min(ends, default=len(self._ahead)))
        if ends:
            self._given = 0

    def _cut(self, count: int) -> str:
        piece, self._ahead = self._ahead[:count], self._ahead[count:]
        self._taken.set()
        return piece

    def _one_return(self, text: str) -> str:
        """Telnet sends CR NUL or CR LF for Enter: one CR is left, also where they come apart."""
        if text and self._after_return:
            self._after_return = False
            text = text[1:] if text[0] in "\n\0" else text
        self._after_return = self._after_return or text.endswith(ENTER)
        return text.replace("\r\n", ENTER).replace("\r\0", ENTER).replace("\n", ENTER).replace("\0", "")
