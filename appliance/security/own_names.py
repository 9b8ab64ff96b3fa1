"""By which names and addresses this machine is called, as the kernel tells them."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

from appliance.security.sources import Source

ROUTES: Final = Path("/proc/net/fib_trie")
ADDRESSES: Final = Path("/proc/net/if_inet6")
LOCAL: Final = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")


def host_names() -> tuple[str, ...]:
    """Its host name, and what it calls itself."""
    return tuple(dict.fromkeys((socket.gethostname() or "localhost", "localhost")))


def addresses() -> tuple[Source, ...]:
    """Its addresses, loopback too; none where the kernel does not tell."""
    return tuple(dict.fromkeys((*_version_4(), *_version_6())))


def _version_4() -> Iterator[IPv4Address]:
    with suppress(OSError):
        yield from map(IPv4Address, LOCAL.findall(ROUTES.read_text(encoding="ascii")))


def _version_6() -> Iterator[IPv6Address]:
    with suppress(OSError):
        for line in ADDRESSES.read_text(encoding="ascii").splitlines():
            yield IPv6Address(bytes.fromhex(line.split()[0]))
