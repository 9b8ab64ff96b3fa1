"""A telnet console on a free port, and clients of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

import pytest

from appliance.operations.call import Call
from console.telnet import server, visit
from console.telnet.listening import listen
from console.telnet.server import TelnetConsole
from tests.operations.world import World

IAC, SB, SE, WILL, WONT, DO = 255, 250, 240, 251, 252, 253
TTYPE, NAWS = 24, 31
HELLO: Final = bytes([
    *(IAC, WILL, TTYPE), *(IAC, SB, TTYPE, 0), *b"XTERM", *(IAC, SE),
    *(IAC, WILL, NAWS), *(IAC, SB, NAWS, 0, 100, 0, 30, IAC, SE),
])  # fmt: skip
PATIENCE: Final = 30.0
CONNECTED: list[Client] = []


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.seen = b""
        CONNECTED.append(self)

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()

    @classmethod
    async def connect(cls, console: TelnetConsole, **options: object) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", console.ports[0], **options))  # type: ignore[arg-type]  # ssl

    def type(self, octets: bytes) -> None:
        self.writer.write(octets)

    async def see(self, text: bytes) -> bytes:
        while text not in self.seen:
            piece = await asyncio.wait_for(self.reader.read(4096), PATIENCE)
            assert piece, f"hung up before {text!r}, after {self.seen!r}"
            self.seen += piece
        seen, self.seen = self.seen, b""
        return seen

    async def rest(self) -> bytes:
        """Everything to the end of the connection."""
        try:
            return self.seen + await asyncio.wait_for(self.reader.read(), PATIENCE)
        except ConnectionError:
            return self.seen


def serve(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    story: Callable[[TelnetConsole], Awaitable[None]],
    *,
    level: int | None = None,
) -> None:
    """Run the story beside a console that listens on a free port; its sessions begin at `level` where one is given."""
    monkeypatch.setattr(server, "listen", lambda address, port: listen(address, 0))
    if level is not None:

        def call(*arguments: object, **named: object) -> Call:
            return replace(world.call, level=level, user="anna", door="console")

        monkeypatch.setattr(visit, "Call", call)

    async def run() -> None:
        again: list[asyncio.Task[TelnetConsole]] = []

        def restart(_: str) -> None:
            again.append(asyncio.create_task(console.start()))

        console = await TelnetConsole(replace(world.parts, restart=restart)).start()
        try:
            await story(console)
        finally:
            await console.close()
            while CONNECTED:
                await CONNECTED.pop().close()

    asyncio.run(run())
