"""Telnet of one connection: what is negotiated and what is not, on telnetlib3 in octets.

Asked for are the terminal's type, its window and character mode. A client that answers none of it is a pipe, and so is
one that begins with a line instead of waiting for us: that one is asked nothing and gets no octet but its answers.
"""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Callable
from typing import Final

import telnetlib3
from telnetlib3.telopt import ABORT, AYT, BINARY, BRK, DM, EC, ECHO, EOF, IP, NAWS, NEW_ENVIRON, SB, SGA, SUSP, TTYPE

from appliance.bounded_writer import BoundedWriter
from console.editor.stream import Size

NEGOTIATION_TIME: Final = 1.0  # seconds a client may take to say what it is
GRACE: Final = 0.2  # the same for one that began to type
LONGEST_SUBNEGOTIATION: Final = 512  # octets
UNREAD: Final = 64 * 1024  # octets read from the connection and not yet looked at
UNSENT: Final = 64 * 1024  # octets after which a client that takes nothing is hung up on
OPTIONS: Final = (TTYPE, NAWS, NEW_ENVIRON, BINARY, SGA, ECHO)
KEYS: Final = {IP: b"\x03", BRK: b"\x03", ABORT: b"\x03", SUSP: b"\x1a", EOF: b"\x04", EC: b"\x7f"}


class Negotiator(telnetlib3.TelnetWriter):
    """Answers only the options a console needs, and bounds what a client may send as one."""

    slc_simulated = False  # control characters are keys of the line editor
    _length = 0

    def feed_byte(self, byte: bytes) -> bool:
        """One octet; a client without end in its subnegotiation is hung up on."""
        in_band = bool(super().feed_byte(byte))
        self._length = self._length + 1 if self.cmd_received == SB else 0
        if self._length > LONGEST_SUBNEGOTIATION:
            self._length = 0
            abort(self.transport)
        return in_band

    def handle_do(self, opt: bytes) -> bool:
        """What we are asked to do."""
        if opt in OPTIONS:
            return bool(super().handle_do(opt))
        self.iac(telnetlib3.telopt.WONT, opt)
        return False

    def handle_will(self, opt: bytes) -> None:
        """What the client offers to do."""
        if opt in OPTIONS:
            super().handle_will(opt)
        else:
            self.iac(telnetlib3.telopt.DONT, opt)

    def handle_subnegotiation(self, buf: collections.deque[bytes]) -> None:
        """Only of what was asked for."""
        if buf and buf[0] in (TTYPE, NAWS, NEW_ENVIRON):
            super().handle_subnegotiation(buf)


def abort(transport: asyncio.BaseTransport | None) -> None:
    """Hang up without sending what waits."""
    if isinstance(transport, asyncio.Transport):
        transport.abort()


class TelnetProtocol(telnetlib3.TelnetServer):
    """One connection. `ready` is called once it is known what kind of client it is.

    `listens`: seconds in which the client may begin by itself before it is asked what it is.
    """

    def __init__(
        self, ready: Callable[[TelnetProtocol], None], lost: Callable[[TelnetProtocol], None], *, listens: float
    ) -> None:
        super().__init__(
            encoding=False,
            never_send_ga=True,
            connect_maxwait=listens + NEGOTIATION_TIME,
            compression=False,
            timeout=0,
            limit=UNREAD,
            writer_factory=Negotiator,
        )
        self.resized: Callable[[], None] = lambda: None
        self._ready = ready
        self._lost = lost
        self._listens = listens
        self._asked = False  # what it is

    # what telnetlib3 calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=UNSENT // 4)
        assert isinstance(self.reader, telnetlib3.TelnetReader)  # made with encoding=False
        assert isinstance(self.writer, Negotiator)
        reader, writer = self.reader, self.writer
        self.incoming, self.outgoing = reader, writer
        reader.set_transport(transport)
        for command, key in KEYS.items():
            writer.set_iac_callback(command, lambda _, key=key: reader.feed_data(key))
        writer.set_iac_callback(AYT, lambda _: writer.write(b"\r\n[yes]\r\n"))
        writer.set_iac_callback(DM, lambda _: None)

    def begin_negotiation(self) -> None:
        asyncio.get_running_loop().call_later(self._listens, self._ask)

    def data_received(self, data: bytes) -> None:
        if data[:1] == telnetlib3.telopt.IAC:
            self._ask()
        super().data_received(data)
        if self._waiter_connected.done() or not self._typed or self._answered:
            return
        if self._asked:
            asyncio.get_running_loop().call_later(GRACE, self._start_plain)
        else:
            self._start_plain()

    def begin_shell(self, future: asyncio.Future[None]) -> None:
        """It is known what the client is."""
        if not future.cancelled() and future.exception() is None:
            self._ready(self)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio takes True: keep the sending side open
        """The client has said all, and may still listen (`nc -N`)."""
        self.incoming.feed_eof()
        self._start_plain()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        already = self._closing
        super().connection_lost(exc)
        if not already:
            self._lost(self)

    def set_timeout(self, duration: int = -1) -> None:
        """Time is counted where a person is waited for."""

    def _check_negotiation_timer(self) -> None:
        """Ask again whether the client has answered; a plain one that typed meanwhile is not waited for any more."""
        if not self._waiter_connected.done():
            super()._check_negotiation_timer()

    def on_naws(self, rows: int, cols: int) -> None:
        super().on_naws(rows, cols)
        self.resized()

    def on_request_environ(self) -> list[str | bytes]:
        """Nothing of a person's environment is asked for but colours."""
        return ["COLORTERM"]

    def on_environ(self, mapping: dict[str, str]) -> None:
        """What was not asked for is not kept."""

    # what the console asks

    @property
    def is_terminal(self) -> bool:
        """The client has agreed to something."""
        return self._answered

    @property
    def terminal(self) -> str:
        """Its type, as it says."""
        said = str(self._extra.get("TERM", ""))
        return said.lower() if said.isascii() and said.isprintable() else ""

    @property
    def size(self) -> Size:
        """Its window, as it says."""
        return Size.sound(int(self._extra["cols"]), int(self._extra["rows"]))

    @property
    def _answered(self) -> bool:
        return self._advanced or bool(self.negotiation_should_advance())

    @property
    def _typed(self) -> bool:
        return bool(self.incoming._buffer)  # noqa: SLF001  # the reader has no word for it

    def _ask(self) -> None:
        """Begin to negotiate, unless that was done or it is known already what the client is."""
        if not self._asked and not self._waiter_connected.done():
            self._asked = True
            super().begin_negotiation()

    def _start_plain(self) -> None:
        if not self._waiter_connected.done() and not self._answered:
            self._waiter_connected.set_result(None)


class TelnetStream(BoundedWriter):
    """A telnet connection as the console's stream."""

    order = ""

    def __init__(self, protocol: TelnetProtocol, heard: Callable[[], None] = lambda: None) -> None:
        super().__init__(protocol.outgoing, UNSENT)
        self._protocol = protocol
        self._heard = heard  # something was typed
        self._reader = protocol.incoming
        self.is_terminal = protocol.is_terminal

    @property
    def terminal(self) -> str:
        return self._protocol.terminal

    @property
    def size(self) -> Size:
        return self._protocol.size

    def on_resize(self, callback: Callable[[], None]) -> None:
        self._protocol.resized = callback

    def fail(self) -> None:  # telnet has no exit status
        pass

    async def read(self) -> bytes:
        try:
            octets = await self._reader.read(4096)
        except (OSError, EOFError):
            return b""
        if octets:
            self._heard()
        return octets
