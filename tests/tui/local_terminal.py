"""A real pty at the real socket of a small appliance."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tests.operations.world import World
from tui.attach_console import OpenConsole
from tui.attach_server import AttachServer
from tui.sessions import Dashboards

CONTROL = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serving(world: World, open_console: OpenConsole | None = None) -> Iterator[Dashboards]:
    """The socket's server on a loop of its own thread, as in the appliance."""
    dashboards, ready, loops = Dashboards(world.parts), threading.Event(), []
    stop = asyncio.Event()

    async def serve() -> None:
        server = await AttachServer.start(world.parts, dashboards, open_console)
        loops.append(asyncio.get_running_loop())
        ready.set()
        await stop.wait()
        await server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield dashboards
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join()


class Terminal:
    """`busmeister attach`, or another view, in a pty."""

    def __init__(self, folder: Path, view: str = "attach", *words: str) -> None:
        self.master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, (24, 80))
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "appliance", view, "--data", str(folder), *words],
            cwd=ROOT,
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env=os.environ | {"TERM": "xterm-256color"},
            start_new_session=True,
        )

    def wait_for(self, sign: bytes) -> None:
        """Read until the sign was seen, whatever its colours."""
        while sign not in CONTROL.sub(b"", self.seen):
            octets = os.read(self.master, 65536)
            self.seen += octets

    def see(self, sign: bytes) -> None:
        """Read until the sign appears, after what was seen before."""
        self.wait_for(sign)
        self.seen = CONTROL.sub(b"", self.seen).partition(sign)[2]

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def end(self) -> int:
        """Wait until it has ended, reading what it says last."""
        while self.process.poll() is None:
            if select.select([self.master], [], [], 0.05)[0]:
                self.seen += os.read(self.master, 65536)
        return self.process.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    @property
    def is_as_before(self) -> bool:
        return termios.tcgetattr(self.slave) == self.before
