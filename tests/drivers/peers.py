"""The far ends of lines: what a converter and the meters behind it are for a test."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from appliance.mbus.frames import Ack, ShortFrame

QUESTION = ShortFrame(0x40, 1).to_bytes()  # SND_NKE to the meter 1
ANSWER = Ack().to_bytes()


def open_descriptors() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


class Peer(Protocol):
    """The far end of a line."""

    url: str

    def hear(self, count: int) -> bytes:
        """So many octets as they come from the line."""

    def say(self, octets: bytes) -> None:
        """Octets to the line."""

    def vanish(self) -> None:
        """As when the converter is pulled out."""

    def come_back(self) -> None:
        """As when it is plugged in again."""


class PtyPeer:
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


class TcpPeer:
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


@contextlib.contextmanager
def peer_of(kind: str, folder: Path) -> Iterator[Peer]:
    """The far end of a line of this kind."""
    if kind == "serial":
        pty = PtyPeer(folder)
        yield pty
        pty.vanish()
    else:
        tcp = TcpPeer()
        yield tcp
        tcp.close()
