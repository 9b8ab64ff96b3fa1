"""Who may knock: allowed addresses, how many at once, and who is a neighbour."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Final

Source = IPv4Address | IPv6Address
Net = IPv4Network | IPv6Network

CONNECTIONS: Final = 20
OF_ONE_ADDRESS: Final = 4
TRIES: Final = 5  # of the set-up code
TRIES_WITHIN: Final = 60.0  # seconds
ROUTES: Final = Path("/proc/net/route")


def source_of(peer: str) -> Source:
    """The address at the other end: without zone, and IPv4 where it only looks like IPv6."""
    address = ip_address(peer.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_allowed(source: Source, allow: Iterable[Net]) -> bool:
    """By the setting `ssh.allow`; empty is all."""
    nets = tuple(allow)
    return not nets or any(source.version == net.version and source in net for net in nets)


def is_neighbour(source: Source, routes: str | None = None) -> bool:
    """Whether the address is this machine's or on a network it is plugged into, with no router between."""
    if source.is_loopback or source.is_link_local:
        return True
    text = routes if routes is not None else _routes()
    return any(source.version == net.version and source in net for net in _directly_connected(text))


def _routes() -> str:
    try:
        return ROUTES.read_text(encoding="ascii")
    except OSError:
        return ""


def _directly_connected(routes: str) -> Iterable[IPv4Network]:
    """The kernel's routes without a gateway; addresses there are hexadecimal, least octet first."""
    for row in routes.splitlines()[1:]:
        _name, destination, gateway, *rest = row.split()
        if int(gateway, 16) == 0 and int(destination, 16) != 0:
            mask = rest[4]
            yield IPv4Network((_address(destination), str(_address(mask))))


def _address(text: str) -> IPv4Address:
    return IPv4Address(bytes.fromhex(text)[::-1])


class Gate:
    """Counts connections; everything on the loop."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._connected: Counter[Source] = Counter()
        self._tries: deque[float] = deque()

    def enter(self, source: Source) -> bool:
        """Let a connection in; False where there is no room for it."""
        if self._connected.total() >= CONNECTIONS or self._connected[source] >= OF_ONE_ADDRESS:
            return False
        self._connected[source] += 1
        return True

    def leave(self, source: Source) -> None:
        """It is gone."""
        self._connected[source] -= 1
        if not self._connected[source]:
            del self._connected[source]

    def may_try(self) -> bool:
        """Whether the set-up code may be tried once more in this minute; counts the try."""
        now = self._monotonic()
        while self._tries and self._tries[0] <= now - TRIES_WITHIN:
            self._tries.popleft()
        if len(self._tries) >= TRIES:
            return False
        self._tries.append(now)
        return True
