"""Who listens on a TCP port of this machine, as the kernel tells it (/proc/net/tcp, /proc/PID/fd)."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from pathlib import Path
from typing import Final

TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
LISTENING: Final = "0A"


def is_free(port: int) -> bool:
    """Whether a program could listen on the port, on every address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def next_free(port: int) -> int:
    """The port itself where it is free, else the next one that is."""
    return next(candidate for candidate in range(port, 65536) if is_free(candidate))


def listener(port: int) -> str:
    """The program that listens on the port: `sshd (process 812)`; "another program" where the kernel does not tell."""
    sockets = _sockets(port)
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # a process that ended meanwhile, or one of another user
            if any(str(link.readlink()) in sockets for link in (folder / "fd").iterdir()):
                return f"{(folder / 'comm').read_text().strip()} (process {folder.name})"
    return "another program"


def why_not(service: str, port: int, error: OSError) -> str:
    """Why a service cannot listen on its port, and what to do; its settings are `service.port` and `service.listen`."""
    if error.errno == errno.EADDRINUSE:
        return f"the port is taken by {listener(port)}: end that, or set {service}.port to another"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"ports below 1024 need a right of their own (CAP_NET_BIND_SERVICE): set {service}.port to a higher one"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"this machine has no such address: set {service}.listen to one it has"
    return os.strerror(error.errno) if error.errno else str(error)


def _sockets(port: int) -> set[str]:
    """What /proc calls the sockets that listen on the port."""
    found = set()
    for table in TABLES:
        with contextlib.suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == LISTENING and int(words[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{words[9]}]")
    return found
