"""The console in a terminal of this machine: its stream over the local socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from appliance.bounded_writer import BoundedWriter
from appliance.operations.call import Call
from tui.attach_frames import KEYS, SIZE, WINDOW
from tui.attach_reader import Garbled, Hello, receive
from tui.terminal import Size, bounded

UNSENT: Final = 256 * 1024  # octets after which a terminal that takes nothing is hung up on


class ConsoleStream(BoundedWriter):
    """What the console needs of a terminal."""

    is_terminal = True
    order = ""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hello: Hello) -> None:
        super().__init__(writer, UNSENT)
        self._reader = reader
        self._resized: Callable[[], None] = lambda: None
        self.size = hello.size
        self.terminal = hello.type

    def on_resize(self, callback: Callable[[], None]) -> None:
        """Call this whenever the window has another size."""
        self._resized = callback

    def fail(self) -> None:
        """Of a terminal nobody waits for the exit status."""

    async def read(self) -> bytes:
        """The next keys; empty at the end."""
        with suppress(OSError, Garbled, asyncio.IncompleteReadError):
            while True:
                kind, payload = await receive(self._reader)
                if kind == KEYS and payload:
                    return payload
                if kind == WINDOW and len(payload) == SIZE.size:
                    self.size = Size(*bounded(*SIZE.unpack(payload)))
                    self._resized()
        return b""


OpenConsole = Callable[[ConsoleStream, Call], Awaitable[None]]
"""Serves the console over a stream until either side ends."""
