"""The telnet console on the UI loop: listens as the settings say, lets clients in, runs a session for each."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from contextlib import suppress
from typing import Final

from appliance.errors import RefusedError
from appliance.operations.call import Call
from appliance.operations.parts import Parts
from appliance.settings.row import Restarts
from appliance.settings.table import row_of
from console.editor import Limits, serve
from console.telnet.admission import Lobby, Rules, Visitor, source_of
from console.telnet.encryption import context_of, speaks_tls
from console.telnet.protocol import TelnetProtocol, TelnetStream

log = logging.getLogger("busmeister.console")

BACKLOG: Final = 64
OUT_OF_SOCKETS: Final = 1.0  # seconds until it is tried to accept again
HANDSHAKE_TIME: Final = 10.0


class TelnetConsole:
    """A server of the UI loop; `start` may be called again after `close`."""

    name = "console"

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lobby = Lobby()
        self._listening: list[socket.socket] = []
        self._accepting: list[asyncio.Task[None]] = []
        self._clients: set[asyncio.Task[None]] = set()
        self._context: ssl.SSLContext | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changing = asyncio.Lock()
        logging.getLogger("telnetlib3").setLevel(logging.CRITICAL)  # a stranger's nonsense is no matter for our log

    @property
    def ports(self) -> tuple[int, ...]:
        """Where it listens."""
        return tuple(int(one.getsockname()[1]) for one in self._listening)

    async def start(self) -> TelnetConsole:
        """Listen on every address, or on none."""
        self._loop = asyncio.get_running_loop()
        console = self._parts.settings.console
        if self._listening or not console.enabled:
            return self
        self._context = context_of(self._parts.settings, self._parts.data_folder)
        self._lobby.rules = self._rules()
        try:
            for address in console.listen:
                self._listening.append(_listen(str(address), console.port))
        except OSError:
            self._stop_listening()
            raise
        self._accepting = [asyncio.create_task(self._accept(one)) for one in self._listening]
        return self

    def obey(self, names: frozenset[str]) -> None:
        """Settings have changed; from any thread. What the service is restarted for cuts its clients."""
        if self._loop is not None and any(_restarts(name) for name in names):
            with suppress(RuntimeError):  # the loop has ended
                asyncio.run_coroutine_threadsafe(self._restart(), self._loop)

    async def _restart(self) -> None:
        async with self._changing:
            await self.close()
            try:
                await self.start()
            except RefusedError as error:
                log.error("%s", error)

    async def close(self) -> None:
        """Stop listening and hang up on everybody."""
        tasks = [*self._accepting, *self._clients]
        for task in tasks:
            task.cancel()
        self._stop_listening()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # transports that were closed let go of their sockets
        self._accepting.clear()

    def _rules(self) -> Rules:
        console, login = self._parts.settings.console, self._parts.settings.security.login
        return Rules(console.allow, console.max_clients, login.pre_login_clients, login.clients_per_address)

    def _stop_listening(self) -> None:
        for one in self._listening:
            one.close()
        self._listening.clear()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, peer = await loop.sock_accept(listening)
            except OSError as error:
                log.warning("the console cannot take a connection: %s", error)
                await asyncio.sleep(OUT_OF_SOCKETS)
                continue
            visitor = self._lobby.enter(source_of(peer))
            if visitor is None:
                connection.close()
                continue
            task = loop.create_task(self._attend(connection, visitor))
            self._clients.add(task)
            task.add_done_callback(self._clients.discard)

    async def _attend(self, connection: socket.socket, visitor: Visitor) -> None:
        """One connection from its first octet to its end."""
        connected = False  # from then on the transport owns the socket, and sends what is left before it closes
        try:
            protocol, lost = await self._connected(connection)
            connected = protocol is not None
            if protocol is None:
                return
            try:
                await self._converse(TelnetStream(protocol), visitor, lost)
            finally:
                if protocol.writer is not None:
                    protocol.writer.close()
        except (OSError, ssl.SSLError, TimeoutError) as error:
            log.debug("a connection of %s ended: %s", visitor.source, error)
        except Exception:  # one session's mistake must not harm the others; the log has its trace
            log.exception("a console session of %s ended by a mistake of the program", visitor.source)
        finally:
            if not connected:
                connection.close()
            visitor.leave()

    async def _converse(self, stream: TelnetStream, visitor: Visitor, lost: asyncio.Future[None]) -> None:
        call = Call(self._parts, "", 0, door="console", source=str(visitor.source))
        limits = Limits(self._parts.settings.console.idle_timeout.total_seconds(), self._time_before_login())
        session = asyncio.create_task(serve(stream, call, limits, logged_in=visitor.log_in))
        try:
            await asyncio.wait([session, lost], return_when=asyncio.FIRST_COMPLETED)
            if not session.done():
                await asyncio.wait([session], timeout=1.0)  # it sees the end itself
        finally:
            session.cancel()
            with suppress(asyncio.CancelledError):
                await session

    def _time_before_login(self) -> float:
        """Longer for the first start: a code and a new password are to be typed."""
        settings = self._parts.settings
        known = self._parts.doorkeeper.is_set_up
        return (settings.security.login.pre_login_time if known else settings.console.idle_timeout).total_seconds()

    async def _connected(self, connection: socket.socket) -> tuple[TelnetProtocol | None, asyncio.Future[None]]:
        """The connection as telnet, encrypted where the client wants that; None where it is gone or not welcome."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        lost: asyncio.Future[None] = loop.create_future()
        _keep_alive(connection)
        encrypted = self._context is not None and await speaks_tls(connection)
        if not encrypted and self._parts.settings.console.tls == "required":
            with suppress(OSError):
                connection.send(b"ERROR This console speaks TLS only.\r\n")
            return None, lost

        def protocol() -> TelnetProtocol:
            return TelnetProtocol(lambda _: _resolve(ready), lambda _: _resolve(lost))

        transport, made = await loop.connect_accepted_socket(
            protocol,
            connection,
            ssl=self._context if encrypted else None,
            ssl_handshake_timeout=HANDSHAKE_TIME if encrypted else None,
        )
        try:
            await asyncio.wait([ready, lost], return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not ready.done():
                transport.abort()
        return (made if ready.done() else None), lost


def _restarts(name: str) -> bool:
    return name.startswith(("console.", "tls.")) and row_of(name).setting.restarts is Restarts.SERVICE


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((address, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        raise RefusedError(f"the console cannot listen on {address}:{port}: {error.strerror}") from None
    return listening


def _keep_alive(connection: socket.socket) -> None:
    """A client whose machine went away is noticed in two minutes."""
    connection.setblocking(False)
    for option, value in ((socket.TCP_KEEPIDLE, 30), (socket.TCP_KEEPINTVL, 30), (socket.TCP_KEEPCNT, 3)):
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
