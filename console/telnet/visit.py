"""One connection of the telnet console, from its first octet to its end."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from appliance.operations.call import Call
from appliance.operations.parts import Parts
from appliance.security.lobby import Visitor
from appliance.security.sources import Source
from console.editor import Limits, serve
from console.telnet.encryption import CLIENT_HELLO, FIRST_OCTET_TIME, Encrypting, first_octet
from console.telnet.protocol import UNREAD, TelnetProtocol, TelnetStream

log = logging.getLogger("busmeister.console")

HANDSHAKE_TIME: Final = 10.0  # seconds
FAREWELL_TIME: Final = 1.0  # seconds a session has to see by itself that its connection is lost


class Visit:
    """A client from the moment its connection was taken."""

    def __init__(
        self,
        parts: Parts,
        source: Source,
        visitor: Visitor,
        *,
        encrypting: Encrypting,
        seat: Callable[[], bool],
    ) -> None:
        self._parts = parts
        self._source = source
        self._visitor = visitor
        self._encrypting = encrypting
        self._seat = seat  # a place among those who have logged in; False where all are taken
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()  # it is known what kind of client it is
        self._lost: asyncio.Future[None] = self._loop.create_future()
        self._ending: asyncio.Future[str] = self._loop.create_future()

    def end(self, sentence: str) -> None:
        """Say this once what was ordered is answered, and hang up."""
        if not self._ending.done():
            self._ending.set_result(sentence)

    async def run(self, connection: socket.socket) -> None:
        """Until either side ends; whatever goes wrong harms nobody else."""
        connected = False  # from then on the transport owns the socket, and sends what is left before it closes
        try:
            protocol = await self._connected(connection)
            connected = protocol is not None
            if protocol is not None:
                await self._serve(protocol)
        except (OSError, ssl.SSLError, TimeoutError) as error:
            log.debug("a connection of %s ended: %s", self._source, error)
        except Exception:  # one session's mistake must not harm the others; the log has its trace
            log.exception("a console session of %s ended by a mistake of the program", self._source)
        finally:
            if not connected:
                connection.close()
            self._visitor.leave()

    async def _connected(self, connection: socket.socket) -> TelnetProtocol | None:
        """As telnet, encrypted where the client wants that; None where it is gone or not welcome."""
        context = self._encrypting.context()
        first = await first_octet(connection)
        encrypted = context is not None and first == CLIENT_HELLO
        if self._encrypting.is_required and not encrypted:
            _refuse(connection, b"ERROR This console speaks TLS only.\r\n")
            return None
        transport, protocol = await self._loop.connect_accepted_socket(
            lambda: TelnetProtocol(
                lambda _: _resolve(self._ready),
                lambda _: _resolve(self._lost),
                listens=FIRST_OCTET_TIME if first else 0.0,
            ),
            connection,
            ssl=context if encrypted else None,
            ssl_handshake_timeout=HANDSHAKE_TIME if encrypted else None,
        )
        try:
            await asyncio.wait([self._ready, self._lost], return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not self._ready.done():
                transport.abort()
        return protocol if self._ready.done() else None

    async def _serve(self, protocol: TelnetProtocol) -> None:
        stream = TelnetStream(protocol, heard=self._visitor.heard)
        call = Call(self._parts, "", 0, door="console", source=str(self._source))
        limits = Limits(self._parts.settings.console.idle_timeout.total_seconds(), self._time_before_login())
        session = asyncio.create_task(serve(stream, call, limits, logged_in=self._log_in, ending=self._ending))
        try:
            await asyncio.wait([session, self._lost], return_when=asyncio.FIRST_COMPLETED)
            if not session.done():
                await asyncio.wait([session], timeout=FAREWELL_TIME)
        finally:
            session.cancel()
            with suppress(asyncio.CancelledError):
                await session
            if protocol.writer is not None:
                protocol.writer.close()

    def _log_in(self) -> bool:
        if not self._seat():
            return False
        self._visitor.logged_in()
        return True

    def _time_before_login(self) -> float:
        """Longer for the first start: a code and a new password are to be typed."""
        settings = self._parts.settings
        known = self._parts.doorkeeper.is_set_up
        return (settings.security.login.pre_login_time if known else settings.console.idle_timeout).total_seconds()


def _refuse(connection: socket.socket, sentence: bytes) -> None:
    """Say why not; what came already is taken, for a reset would overtake the sentence."""
    with suppress(OSError):
        connection.send(sentence)
        connection.recv(UNREAD)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
