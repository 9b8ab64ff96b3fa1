"""Text on its way from the thread that works to the loop that sends.

The thread waits while the other side is slow to take what was written, so that a long answer needs no memory.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import Final

from console.editor.stream import Stream

UNSENT: Final = 32 * 1024  # characters that may wait


class Outlet:
    """`put` is called by one thread, everything else on the loop."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._changed = threading.Condition()
        self._pieces: list[str] = []
        self._waiting = 0
        self._sender: asyncio.Task[None] | None = None
        self._scheduled = False
        self._closed = False

    def put(self, text: str) -> None:
        """Send a text in its turn; waits while too much is on its way. Drops it once nobody is there."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting < UNSENT)
            if self._closed:
                return
            self._pieces.append(text)
            self._waiting += len(text)
            if self._scheduled:
                return
            self._scheduled = True
        with suppress(RuntimeError):  # the loop has ended, and nobody is there
            self._loop.call_soon_threadsafe(self._start)

    def close(self) -> None:
        """Nobody is there any more; whoever waits in `put` is released."""
        with self._changed:
            self._closed = True
            self._pieces.clear()
            self._changed.notify_all()

    async def flush(self) -> None:
        """Wait until all that was put is sent."""
        while not self._closed and (self._scheduled or self._sender is not None):
            if self._sender is None:
                await asyncio.sleep(0)
            else:
                await asyncio.wait([self._sender])

    def _start(self) -> None:
        self._sender = self._loop.create_task(self._send())

    async def _send(self) -> None:
        while pieces := self._take():
            for piece in pieces:
                self._stream.write(octets_of(piece))
                await self._stream.drain()
                with self._changed:
                    self._waiting -= len(piece)
                    self._changed.notify_all()
        self._sender = None

    def _take(self) -> list[str]:
        with self._changed:
            pieces, self._pieces = self._pieces, []
            self._scheduled = bool(pieces)
            return pieces


def octets_of(text: str) -> bytes:
    """As a terminal wants it: every line ends with CR LF."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode(errors="replace")
