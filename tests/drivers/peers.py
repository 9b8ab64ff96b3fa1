"""The far ends of lines: what a converter and the meters behind it are for a test."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from appliance.mbus.frames import Ack, ShortFrame
from appliance.simulated_faults import Fault
from drivers.simulated.line import share

QUESTION = ShortFrame(0x40, 0).to_bytes()  # SND_NKE to a meter as it comes from the factory
ANSWER = Ack().to_bytes()


def open_descriptors() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


class Peer(Protocol):
    """The far end of a line."""

    url: str

    def answer(self) -> None:
        """Hear the question and say the answer."""

    def vanish(self) -> None:
        """As when the converter is pulled out."""

    def come_back(self) -> None:
        """As when it is plugged in again."""


class OctetPeer(Peer, Protocol):
    """A far end where single octets can be heard and said."""

    def hear(self, count: int) -> bytes:
        """So many octets as they come from the line."""

    def say(self, octets: bytes) -> None:
        """Octets to the line."""

    def answer(self) -> None:
        assert self.hear(len(QUESTION)) == QUESTION
        self.say(ANSWER)


class PtyPeer(OctetPeer):
    """A converter in a serial port, played by a pty behind a stable name."""

    def __init__(self, folder: Path) -> None:
        self._link = folder / "ttyM0"
        self.url = f"serial://{self._link}"
        self.come_back()

    def come_back(self) -> None:
        self.master, self._slave = os.openpty()
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(self._slave))

    def hear(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            heard += os.read(self.master, count - len(heard))
        return heard

    def say(self, octets: bytes) -> None:
        assert os.write(self.master, octets) == len(octets)

    def vanish(self) -> None:
        for descriptor in (self.master, self._slave):
            with contextlib.suppress(OSError):
                os.close(descriptor)


class TcpPeer(OctetPeer):
    """A converter on the network, played by a listening socket on a free port."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._connection: socket.socket | None = None
        self.url = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"

    @property
    def connection(self) -> socket.socket:
        """The newest connection a line made."""
        self._server.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                newest, _ = self._server.accept()
                if self._connection:
                    self._connection.close()
                self._connection = newest
        assert self._connection, "nobody has connected"
        self._connection.settimeout(30)
        return self._connection

    def hear(self, count: int) -> bytes:
        return self.connection.recv(count, socket.MSG_WAITALL)

    def say(self, octets: bytes) -> None:
        self.connection.sendall(octets)

    def vanish(self) -> None:
        self.connection.close()
        self._connection = None

    def come_back(self) -> None:
        """It listens all the time."""

    def close(self) -> None:
        self._server.close()
        if self._connection:
            self._connection.close()


class SimulatedPeer:
    """A simulated building with the one meter that is asked."""

    def __init__(self) -> None:
        self.url = "simulated://apartment-block?meters=1&fast=on"
        self._shared = share(self.url)  # held, so that the line finds this very building

    def answer(self) -> None:
        """The meter answers by itself."""

    def vanish(self) -> None:
        with self._shared.changed:
            self._shared.bus.put_fault(Fault.VANISHING_LINE, time.monotonic(), duration=3600)

    def come_back(self) -> None:
        with self._shared.changed:
            self._shared.bus.clear_faults()


@contextlib.contextmanager
def octet_peer(kind: str, folder: Path) -> Iterator[OctetPeer]:
    """The far end of a line of this kind."""
    if kind == "serial":
        pty = PtyPeer(folder)
        yield pty
        pty.vanish()
    else:
        tcp = TcpPeer()
        yield tcp
        tcp.close()


@contextlib.contextmanager
def any_peer(kind: str, folder: Path) -> Iterator[Peer]:
    """The far end of a line of this kind, be it simulated."""
    if kind == "simulated":
        building = SimulatedPeer()
        yield building
        building.come_back()  # lines of one URL share one building, those of the next test too
    else:
        with octet_peer(kind, folder) as peer:
            yield peer
