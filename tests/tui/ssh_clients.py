"""An SSH server on a free port, and people who come to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeVar

import asyncssh

from tests.operations.world import World
from tui.sessions import Dashboards
from tui.ssh.channel import OpenConsole
from tui.ssh.server import SshServer

PASSWORD: Final = "boiler room 42 B"
PATIENCE: Final = 20.0  # seconds
ESCAPES: Final = re.compile(r"\x1b\[[0-9;?>]*[A-Za-z]")
Result = TypeVar("Result")


@asynccontextmanager
async def serving(world: World, console: OpenConsole | None) -> AsyncIterator[int]:
    """The port of a running server."""
    world.settings.set({"ssh.listen": "127.0.0.1"}, "test")
    server = SshServer(world.parts, Dashboards(world.parts), console, port=0)
    await server.start()
    try:
        yield server.ports[0]
    finally:
        await server.close()


def over_ssh(world: World, act: Callable[[int], Awaitable[Result]], console: OpenConsole | None = None) -> Result:
    async def run() -> Result:
        async with serving(world, console) as port:
            return await act(port)

    return asyncio.run(run())


async def connect(port: int, password: str = PASSWORD, name: str = "admin") -> asyncssh.SSHClientConnection:
    return await asyncssh.connect(
        "127.0.0.1", port, username=name, password=password, known_hosts=None, client_keys=None, config=None
    )


class Person:
    """Somebody at a terminal far away, who looks at the dashboard."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes]) -> None:
        self.process = process
        self.seen = b""

    @classmethod
    async def look(cls, connection: asyncssh.SSHClientConnection, columns: int = 100, rows: int = 40) -> Person:
        return cls(
            await connection.create_process(term_type="xterm-256color", term_size=(columns, rows), encoding=None)
        )

    async def see(self, sign: str) -> bytes:
        """Read until it was shown since the last time; what came until then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while sign not in self.text and (octets := await self.process.stdout.read(65536)):
                    self.seen += octets
        assert sign in self.text, f"it ended or stopped without {sign!r}: {self.text[-2000:].split()}"
        seen, self.seen = self.seen, b""
        return seen

    async def rest(self) -> bytes:
        """Everything to the end of the session."""
        async with asyncio.timeout(PATIENCE):
            while octets := await self.process.stdout.read(65536):
                self.seen += octets
        return self.seen

    @property
    def text(self) -> str:
        """What was shown since the last time, without colours and places."""
        return ESCAPES.sub("", self.seen.decode(errors="replace"))

    def type(self, keys: str) -> None:
        self.process.stdin.write(keys.encode())
