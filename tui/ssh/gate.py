"""Before set-up: who is a neighbour, and how often the code may be tried."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Final

from appliance.security.sources import Source

TRIES: Final = 5  # of the set-up code
TRIES_WITHIN: Final = 60.0  # seconds
ROUTES: Final = Path("/proc/net/route")


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


class Tries:
    """Counts how often the set-up code was tried in this minute; everything on the loop."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._tries: deque[float] = deque()

    def one_more(self) -> bool:
        """Whether the code may be tried now; counts the try."""
        now = self._monotonic()
        while self._tries and self._tries[0] <= now - TRIES_WITHIN:
            self._tries.popleft()
        if len(self._tries) >= TRIES:
            return False
        self._tries.append(now)
        return True
