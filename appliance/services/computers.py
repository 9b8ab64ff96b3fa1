"""The computer a bus is lent to: one TCP client, or whoever is at the other end of a serial line."""

from __future__ import annotations

import select
import socket
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final, Protocol

from appliance.clock import Clock
from appliance.errors import Kind, LineLost, LineRefused, RefusedError
from appliance.log import stream
from appliance.ports import Line

log = stream("service.level_converter")

READ_AT_ONCE: Final = 4096
SEND_PATIENCE: Final = 5.0  # seconds a client may leave its octets lying


class Computer(Protocol):
    """Octets to and from it. `send` is called by another thread than `receive`."""

    where: str
    client: str

    def receive(self, seconds: float) -> bytes:
        """What it sent; empty where nothing came in time."""

    def send(self, octets: bytes) -> None:
        """To it; dropped while nobody is there."""

    def close(self) -> None:
        """Close the door."""


class TcpComputer:
    """Listens while it exists; one client at a time, others are turned away."""

    def __init__(self, addresses: Sequence[str], port: int, allow: Sequence[IPv4Network | IPv6Network]) -> None:
        self.client = ""
        self._allow = allow
        self._connection: socket.socket | None = None
        self._listeners: list[socket.socket] = []
        try:
            for address in addresses:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                self._listeners.append(socket.create_server((address, port), family=family, backlog=1))
        except OSError as error:
            self.close()
            raise RefusedError(
                f"TCP port {port} of {address} cannot be used: {error.strerror}.", Kind.CONFLICT
            ) from error
        self.where = f"TCP {self._listeners[0].getsockname()[1]}"

    def receive(self, seconds: float) -> bytes:
        connection = self._connection
        sources = [*self._listeners, *([connection] if connection else [])]
        ready, _, _ = select.select(sources, [], [], seconds)
        for listener in ready:
            if listener is not connection:
                self._meet(*listener.accept())
        return self._read(connection) if connection in ready and connection else b""

    def send(self, octets: bytes) -> None:
        connection = self._connection
        if connection is not None:
            try:
                connection.sendall(octets)
            except OSError:
                self._leave(connection)

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()
        if self._connection is not None:
            self._connection.close()

    def _meet(self, connection: socket.socket, peer: tuple[str, int]) -> None:
        address = ip_address(peer[0])
        if self._connection is not None or (self._allow and not any(address in network for network in self._allow)):
            log.warning("%s was turned away.", address)
            connection.close()
            return
        connection.settimeout(SEND_PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection, self.client = connection, str(address)
        log.info("%s is connected to the bus.", address)

    def _read(self, connection: socket.socket) -> bytes:
        try:
            octets = connection.recv(READ_AT_ONCE)
        except OSError:
            octets = b""
        if not octets:
            self._leave(connection)
        return octets

    def _leave(self, connection: socket.socket) -> None:
        if self._connection is connection:
            log.info("%s has gone.", self.client)
            self._connection, self.client = None, ""
        connection.close()


class SerialComputer:
    """A serial line, such as the USB port of the device."""

    where = "USB"

    def __init__(self, line: Line, baud_rate: int, clock: Clock) -> None:
        self.client = line.name
        self._line = line
        self._clock = clock
        try:
            line.open(baud_rate)
        except (LineLost, LineRefused) as error:
            raise RefusedError(error.sentence, Kind.CONFLICT) from error

    def receive(self, seconds: float) -> bytes:
        return self._line.receive(self._clock.monotonic() + seconds).octets

    def send(self, octets: bytes) -> None:
        self._line.send(octets)

    def close(self) -> None:
        self._line.close()
