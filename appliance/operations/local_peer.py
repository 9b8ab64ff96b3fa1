"""Who is at the other end of a local socket, by the kernel's word, and what that person may do."""

from __future__ import annotations

import os
import pwd
import socket
import struct
from dataclasses import dataclass
from typing import Final

from appliance.operations.call import Call
from appliance.operations.parts import Parts

CREDENTIALS: Final = struct.Struct("3i")


@dataclass(frozen=True, slots=True)
class Peer:
    """The process at the other end."""

    process: int
    user: int

    @property
    def name(self) -> str:
        """Name of its user."""
        try:
            return pwd.getpwuid(self.user).pw_name
        except KeyError:
            return str(self.user)


def peer_of(connection: socket.socket) -> Peer:
    """Who is connected, by the kernel's word."""
    octets = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    process, user, _ = CREDENTIALS.unpack(octets)
    return Peer(process, user)


def call_of(parts: Parts, peer: Peer) -> Call:
    """Root and the appliance's own user have level 3, anybody else begins at 0."""
    trusted = peer.user in (0, os.geteuid())
    user = f"local:{peer.name}" if trusted else ""
    return Call(parts, user, 3 if trusted else 0, door="local", source=f"process {peer.process}")
