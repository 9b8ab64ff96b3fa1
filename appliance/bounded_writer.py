"""The sending side of a connection that nobody waits for: bounded, and quiet once the other side is gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol


class Writer(Protocol):
    """As much of an `asyncio.StreamWriter` as is used."""

    @property
    def transport(self) -> asyncio.BaseTransport | None: ...
    def write(self, data: bytes, /) -> None: ...
    async def drain(self) -> None: ...
    def close(self) -> None: ...


class BoundedWriter:
    """Used on the loop of its connection."""

    def __init__(self, writer: Writer, unsent: int) -> None:
        self._writer = writer
        self._unsent = unsent  # octets after which a client that takes nothing is hung up on

    def write(self, octets: bytes) -> None:
        """Send; never waits. Nothing happens once the other side is gone."""
        transport = self._writer.transport
        if not isinstance(transport, asyncio.WriteTransport) or transport.is_closing():
            return
        if transport.get_write_buffer_size() > self._unsent:
            transport.abort()
        else:
            self._writer.write(octets)

    async def drain(self) -> None:
        """Wait until the other side has taken most of what was written, or is gone."""
        with suppress(OSError):
            await self._writer.drain()

    def close(self) -> None:
        """Hang up; what was written is still sent."""
        self._writer.close()
