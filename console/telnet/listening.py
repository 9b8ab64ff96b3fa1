"""The console's listening sockets."""

from __future__ import annotations

import socket
from typing import Final

from appliance.errors import RefusedError
from appliance.listeners import why_not

BACKLOG: Final = 64


def listen(address: str, port: int) -> socket.socket:
    """A socket that listens; raises `RefusedError`."""
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
        raise RefusedError(
            f"the console cannot listen on {address}:{port}: {why_not('console', port, error)}"
        ) from None
    return listening


def keep_alive(connection: socket.socket) -> None:
    """A client whose machine went away is noticed in two minutes."""
    connection.setblocking(False)
    for option, value in ((socket.TCP_KEEPIDLE, 30), (socket.TCP_KEEPINTVL, 30), (socket.TCP_KEEPCNT, 3)):
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
