"""The local socket for terminals, `DATA/run/attach.sock`: the dashboard, or the console, of the running appliance."""

from __future__ import annotations

import asyncio
import logging
import struct
from contextlib import suppress
from pathlib import Path
from typing import Final

from appliance.local_socket import DASHBOARD, place_socket, remove_socket
from appliance.operations.call import Call
from appliance.operations.local_peer import call_of, peer_of
from appliance.operations.parts import Parts
from appliance.security.lobby import Visitor
from tui.attach_console import ConsoleStream, OpenConsole
from tui.attach_frames import KEYS, SIZE, WINDOW
from tui.attach_reader import Garbled, Hello, receive, receive_hello
from tui.sessions import Dashboards, Session
from tui.text import _

log = logging.getLogger("busmeister.dashboard")

CLIENTS_AT_MOST: Final = 64  # connections, whatever they want
CONSOLES_AT_MOST: Final = 8
PATIENCE: Final = 10.0  # seconds a terminal may take to read what was said last
DOOR: Final = "local"
CONGESTED: Final = 262144  # octets waiting to be taken


class StreamLink:
    """The socket as the driver sees it."""

    def __init__(self, writer: asyncio.StreamWriter, size: tuple[int, int]) -> None:
        self.size = size
        self._writer = writer

    @property
    def congested(self) -> bool:
        """The terminal does not keep up."""
        return self._writer.transport.get_write_buffer_size() > CONGESTED

    def write(self, octets: bytes) -> None:
        """Send."""
        if not self._writer.is_closing():
            self._writer.write(octets)

    async def drained(self) -> None:
        """Wait until the terminal has taken what waits."""
        await self._writer.drain()


class AttachServer:
    """Made by `start`; ended by `close`."""

    def __init__(self, dashboards: Dashboards, open_console: OpenConsole | None) -> None:
        self._dashboards = dashboards
        self._open_console = open_console
        self._consoles = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._path: Path | None = None

    @classmethod
    async def start(cls, parts: Parts, dashboards: Dashboards, open_console: OpenConsole | None = None) -> AttachServer:
        """Listen; a stale socket of an appliance that is gone is replaced."""
        server = cls(dashboards, open_console)
        path = place_socket(parts.data_folder, DASHBOARD)
        path.unlink(missing_ok=True)
        server._server = await asyncio.start_unix_server(server._connected, path)
        path.chmod(0o600)
        server._path = path
        dashboards.warm_up()
        return server

    async def close(self) -> None:
        """Hang up on everybody and take the socket away."""
        if self._server is not None:
            self._server.close()
        self._dashboards.end(DOOR, _("The appliance stops."))
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)
        for task in tuple(self._tasks):
            task.cancel()
        if self._path is not None:
            remove_socket(self._path)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= CLIENTS_AT_MOST:
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None  # asyncio runs this as a task
        self._tasks.add(task)
        peer, loop = peer_of(writer.get_extra_info("socket")), asyncio.get_running_loop()
        lobby = self._dashboards.parts.doorkeeper.lobby
        visitor = lobby.enter_locally(peer.user, lambda: _abort_soon(loop, writer))
        try:
            await self._serve(reader, writer, visitor)
        except (OSError, Garbled, asyncio.IncompleteReadError, TimeoutError) as error:
            log.debug("a terminal at the local socket was left: %s", error or type(error).__name__)
        finally:
            visitor.leave()
            await _hang_up(writer)
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, visitor: Visitor) -> None:
        hello = await asyncio.wait_for(receive_hello(reader), time_for_hello(self._dashboards.parts))
        visitor.logged_in()
        call = call_of(self._dashboards.parts, peer_of(writer.get_extra_info("socket")))
        if not hello.is_of_this_version:
            _tell(writer, _("This terminal's busmeister is of another version than the appliance."))
        elif hello.wants_console:
            await self._show_console(ConsoleStream(reader, writer, hello), call)
        elif call.level == 0:
            _tell(writer, _("Only root and the appliance's own user open the dashboard here: log in over SSH."))
        else:
            await self._show_dashboard(reader, writer, hello, call)

    async def _show_console(self, stream: ConsoleStream, call: Call) -> None:
        if self._open_console is None or self._consoles >= CONSOLES_AT_MOST:
            stream.write(_("{} consoles are open already: close one.\r\n").format(self._consoles).encode())
            return
        self._consoles += 1
        try:
            await self._open_console(stream, call)
        finally:
            self._consoles -= 1

    async def _show_dashboard(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hello: Hello, call: Call
    ) -> None:
        link = StreamLink(writer, hello.size)
        session = Session(link, hello.terminal, stops_appliance=hello.stops_appliance)
        keys = asyncio.create_task(_take_keys(reader, session, link))
        drains = asyncio.create_task(_watch_drain(link, session))
        try:
            await self._dashboards.run(session, call)
            await link.drained()
        finally:
            keys.cancel()
            drains.cancel()


def _tell(writer: asyncio.StreamWriter, sentence: str) -> None:
    writer.write(f"{sentence}\r\n".encode())


def time_for_hello(parts: Parts) -> float:
    """Seconds a terminal may be silent at first."""
    return parts.settings.security.login.pre_login_time.total_seconds()


def _abort_soon(loop: asyncio.AbstractEventLoop, writer: asyncio.StreamWriter) -> None:
    """From any thread."""
    with suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(writer.transport.abort)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    """Close once all was taken; who does not take it is left."""
    writer.close()
    try:
        await asyncio.wait_for(writer.wait_closed(), PATIENCE)
    except (OSError, TimeoutError):
        writer.transport.abort()


async def _take_keys(reader: asyncio.StreamReader, session: Session, link: StreamLink) -> None:
    try:
        while True:
            kind, payload = await receive(reader)
            if kind == KEYS:
                session.feed(payload)
            elif kind == WINDOW and len(payload) == SIZE.size:
                link.size = SIZE.unpack(payload)
                session.resize(*link.size)
    except (OSError, Garbled, asyncio.IncompleteReadError, struct.error):
        session.hang_up()


async def _watch_drain(link: StreamLink, session: Session) -> None:
    """Notice when a terminal that fell behind has caught up."""
    while True:
        await asyncio.sleep(0.5)
        if not link.congested:
            session.caught_up()
