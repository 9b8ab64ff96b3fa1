"""What is sent to a client that takes nothing is bounded, and writing to one that is gone harms nobody."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

from appliance.bounded_writer import BoundedWriter

UNSENT = 10_000


def beside(story: Callable[[BoundedWriter, asyncio.StreamWriter, socket.socket], Awaitable[None]]) -> None:
    """Run the story with a writer whose other side is a bare socket."""

    async def run() -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            _, writer = await asyncio.open_connection(sock=ours)
            try:
                await story(BoundedWriter(writer, UNSENT), writer, theirs)
            finally:
                writer.close()

    asyncio.run(run())


def test_who_takes_nothing_is_hung_up_on() -> None:
    async def story(bounded: BoundedWriter, writer: asyncio.StreamWriter, theirs: socket.socket) -> None:
        while not writer.is_closing():
            bounded.write(b"x" * 1000)
            assert writer.transport.get_write_buffer_size() <= UNSENT + 1000

    beside(story)


def test_writing_to_one_who_is_gone_is_quiet() -> None:
    async def story(bounded: BoundedWriter, writer: asyncio.StreamWriter, theirs: socket.socket) -> None:
        writer.transport.abort()
        bounded.write(b"x")
        await bounded.drain()
        bounded.close()

    beside(story)


def test_what_was_written_is_sent_before_the_end() -> None:
    async def story(bounded: BoundedWriter, writer: asyncio.StreamWriter, theirs: socket.socket) -> None:
        bounded.write(b"farewell")
        bounded.close()
        await writer.wait_closed()
        assert theirs.recv(100) == b"farewell"

    beside(story)
