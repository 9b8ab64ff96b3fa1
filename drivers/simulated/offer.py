"""A simulated bus offered to any M-Bus master: on a pty, or on a TCP port to one client after the other.

A pty has no parity, so that octets which collided or were damaged arrive as they are, unmarked; and it has no baud
rate: the bus keeps the one it was given.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import time
import tty
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from appliance.errors import LineLost, LineRefused
from drivers.simulated.bus import SimulatedBus

READ_AT_ONCE: Final = 4096
PIECE: Final = 0.005  # octets are handed on at most so late, the last of a burst at once
IDLE: Final = 1.0
GONE: Final = 0.1


class Bell:
    """Ends the waiting of `serve` from a signal handler or another thread."""

    def __init__(self) -> None:
        self.descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.rung = False

    def ring(self) -> None:
        self.rung = True
        os.eventfd_write(self.descriptor, 1)

    def close(self) -> None:
        os.close(self.descriptor)


class Door(Protocol):
    """Where the master comes in."""

    @property
    def url(self) -> str:
        """How the appliance opens it."""

    def read(self, seconds: float, bell: Bell) -> bytes:
        """What the master sends, empty when the time is over or the bell rings."""

    def write(self, octets: bytes) -> None:
        """Octets for the master; nobody there means nobody hears them."""

    def hang_up(self) -> None:
        """The line vanishes."""

    def close(self) -> None:
        """Nobody comes in any more."""


def serve(bus: SimulatedBus, door: Door, bell: Bell) -> None:
    """Carry octets both ways in real time until the bell rings."""
    bus.knows_parity = False
    while not bell.rung:
        try:
            heard = bus.take(time.monotonic()).octets
            if heard:
                door.write(heard)
            sent = door.read(_pause(bus), bell)
            if sent:
                bus.send(time.monotonic(), sent)
        except LineLost:
            door.hang_up()
            select.select([bell.descriptor], [], [], GONE)


def _pause(bus: SimulatedBus) -> float:
    event, octet = bus.next_event(), bus.next_octet()
    if event is None or octet is None:
        return IDLE
    now = time.monotonic()
    return max(0.0, min(event, max(octet, now + PIECE)) - now)


class PtyDoor:
    """A pseudo terminal in raw mode; its near end stays open, so that clients may come and go."""

    def __init__(self, link: str | None = None) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._link = None if link is None else Path(link)
        if self._link is not None:
            self._make_link(self._link)

    @property
    def url(self) -> str:
        return f"serial://{Path(self._link).absolute() if self._link else self.path}"

    def read(self, seconds: float, bell: Bell) -> bytes:
        ready, _, _ = select.select([self._master, bell.descriptor], [], [], seconds)
        return os.read(self._master, READ_AT_ONCE) if self._master in ready else b""

    def write(self, octets: bytes) -> None:
        with suppress(BlockingIOError):  # nobody reads: on a wire the octets would be gone as well
            os.write(self._master, octets)

    def hang_up(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._master, READ_AT_ONCE)

    def close(self) -> None:
        if self._link is not None and self._link.is_symlink():
            self._link.unlink()
        os.close(self._master)
        os.close(self._slave)

    def _make_link(self, link: Path) -> None:
        try:
            if link.is_symlink():
                link.unlink()
            link.symlink_to(self.path)
        except OSError as error:
            self._link = None
            self.close()
            raise LineRefused(f"The link {link} cannot be made: {error.strerror}. Give another path.") from error


class TcpDoor:
    """A listening port; who connects while another is there waits for its turn."""

    def __init__(self, host: str, port: int) -> None:
        try:
            self._server = socket.create_server((host, port))
        except OSError as error:
            raise LineRefused(_why_not(host, port, error)) from error
        self._server.setblocking(False)
        self.host, self.port = self._server.getsockname()[:2]
        self._client: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"tcp://{self.host}:{self.port}"

    def read(self, seconds: float, bell: Bell) -> bytes:
        waiting = self._server if self._client is None else self._client
        ready, _, _ = select.select([waiting.fileno(), bell.descriptor], [], [], seconds)
        if waiting.fileno() not in ready:
            return b""
        return self._welcome() if self._client is None else self._receive(self._client)

    def write(self, octets: bytes) -> None:
        if self._client is not None:
            try:
                self._client.sendall(octets)
            except OSError:
                self.hang_up()

    def hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def close(self) -> None:
        self.hang_up()
        self._server.close()

    def _welcome(self) -> bytes:
        with suppress(OSError):  # gone again before it was taken
            client, _ = self._server.accept()
            client.settimeout(IDLE)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client = client
        return b""

    def _receive(self, client: socket.socket) -> bytes:
        octets = b""
        with suppress(OSError):
            octets = client.recv(READ_AT_ONCE)
        if not octets:
            self.hang_up()
        return octets


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program. Take another, or 0 for any free one."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} of {host} cannot be used without permission. Take one above 1023, or 0 for any free one."
    return f"Port {port} of {host} cannot be listened on: {error.strerror or error}. Give a host of this machine."
