"""A converter on the network that passes octets on as they are: `tcp://10.0.0.5:10001?connect_timeout=10`.

A network can go silent without a word: keep-alive probes while nothing is said and a limit on octets that nobody
acknowledges turn that into a lost line within half a minute.
"""

from __future__ import annotations

import socket
from typing import Final

from appliance.errors import LineLost
from appliance.mbus.framer import Received
from drivers import url as urls
from drivers.channel import Channel

SHAPE: Final = "tcp://10.0.0.5:10001"
OPTIONS: Final = {"connect_timeout": "1..60"}
CONNECT_TIMEOUT: Final = 10  # seconds
CONNECT_TIMEOUTS: Final = range(1, 61)

SOCKET_OPTIONS: Final = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),  # a frame leaves at once, not together with the next
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10),  # seconds of silence before the first probe
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),  # seconds between probes
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),  # unanswered probes
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 25_000),  # milliseconds that sent octets may stay unacknowledged
)


class TcpLine:
    """A line over a TCP connection. It has no baud rate of its own: that is set on the converter."""

    def __init__(self, url: str) -> None:
        parts, options = urls.split(url, SHAPE, OPTIONS)
        try:
            port = parts.port
        except ValueError as error:
            raise urls.refused(url, str(error), SHAPE) from error
        if not parts.hostname:
            raise urls.refused(url, "it names no host", SHAPE)
        if not port:
            raise urls.refused(url, "it names no port", SHAPE)
        if parts.path not in ("", "/"):
            raise urls.refused(url, f'"{parts.path}" has no meaning in it', SHAPE)
        text = options.get("connect_timeout", str(CONNECT_TIMEOUT))
        if not (text.isascii() and text.isdecimal() and int(text) in CONNECT_TIMEOUTS):
            raise urls.refused(url, f'connect_timeout is 1 to 60 seconds, not "{text}"', SHAPE)
        self.name = url
        self._address = (parts.hostname, port)
        self._connect_timeout = int(text)
        self._socket: socket.socket | None = None
        self._channel: Channel | None = None

    def open(self, baud_rate: int) -> None:
        """Connect; whatever fails here, waiting may help: converters restart and cables are plugged in again."""
        self.close()
        try:
            self._socket = socket.create_connection(self._address, self._connect_timeout)
            for option in SOCKET_OPTIONS:
                self._socket.setsockopt(*option)
            self._channel = Channel(self._socket.fileno())
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be one in the DNS
            self.close()
            reason, remedy = self._why_not(error)
            raise LineLost(f"{self.name} cannot be reached: {reason}. {remedy}.") from error

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        """The converter's own business."""

    def send(self, octets: bytes) -> None:
        """Send a frame."""
        channel = self._in_use()
        try:
            channel.write(octets)
        except OSError as error:
            raise self._lost(error) from error

    def receive(self, until: float) -> Received:
        """Octets as the converter passes them on; damage on the bus does not show here."""
        channel = self._in_use()
        try:
            return Received(channel.read(until) or b"")
        except OSError as error:
            raise self._lost(error) from error

    def wake(self) -> None:
        """Let `receive` return at once."""
        if channel := self._channel:
            channel.wake()

    def close(self) -> None:
        """Hang up."""
        channel, self._channel = self._channel, None
        connection, self._socket = self._socket, None
        if channel:
            channel.close()
        if connection:
            connection.close()

    def _in_use(self) -> Channel:
        if self._channel is None:
            raise LineLost(f"{self.name} is not open.")
        return self._channel

    def _why_not(self, error: Exception) -> tuple[str, str]:
        host, port = self._address
        if isinstance(error, socket.gaierror | UnicodeError):
            return f'the name "{host}" is not known', "Check the name and the DNS server, or write its IP address"
        if isinstance(error, ConnectionRefusedError):
            return f"nobody listens on port {port}", "Check the port, and whether the converter serves somebody else"
        if isinstance(error, TimeoutError):
            return f"no answer in {self._connect_timeout} s", "Check that the converter is on and in this network"
        return str(getattr(error, "strerror", None) or error).lower(), "Check the network and the converter"

    def _lost(self, error: OSError) -> LineLost:
        reason = (error.strerror or str(error)).lower()
        return LineLost(f"{self.name} was lost: {reason}. Check the network and the converter.")
