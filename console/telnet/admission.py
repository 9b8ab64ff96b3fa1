"""Who may connect, and how many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Source = IPv4Address | IPv6Address
Net = IPv4Network | IPv6Network


def source_of(peer: Sequence[object]) -> Source:
    """The address at the other end: without zone, and IPv4 where it only looks like IPv6."""
    address = ip_address(str(peer[0]).partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings allow."""

    allow: tuple[Net, ...] = ()  # empty: all
    clients: int = 8  # logged in
    waiting: int = 20  # not yet logged in
    of_one_address: int = 4

    def lets_in(self, source: Source) -> bool:
        """Whether this address may connect at all."""
        return not self.allow or any(source.version == net.version and source in net for net in self.allow)


@dataclass
class Lobby:
    """Counts connections; everything on the loop."""

    rules: Rules = field(default_factory=Rules)
    _waiting: int = 0
    _inside: int = 0
    _addresses: Counter[Source] = field(default_factory=Counter)

    def enter(self, source: Source) -> Visitor | None:
        """Let a connection in; None where there is no room for it or it may not connect."""
        rules = self.rules
        full = self._waiting >= rules.waiting or self._inside >= rules.clients
        if full or self._addresses[source] >= rules.of_one_address or not rules.lets_in(source):
            self._forget_empty(source)
            return None
        self._waiting += 1
        self._addresses[source] += 1
        return Visitor(self, source)

    def _forget_empty(self, source: Source) -> None:
        if not self._addresses[source]:
            del self._addresses[source]

    def _log_in(self) -> bool:
        if self._inside >= self.rules.clients:
            return False
        self._waiting -= 1
        self._inside += 1
        return True

    def _leave(self, source: Source, *, inside: bool) -> None:
        self._inside -= inside
        self._waiting -= not inside
        self._addresses[source] -= 1
        self._forget_empty(source)


@dataclass
class Visitor:
    """One connection that was let in."""

    lobby: Lobby
    source: Source
    inside: bool = False
    gone: bool = False

    def log_in(self) -> bool:
        """It has logged in; False where too many have."""
        if not self.inside:
            self.inside = self.lobby._log_in()  # noqa: SLF001  # two halves of one thing
        return self.inside

    def leave(self) -> None:
        """It has gone."""
        if not self.gone:
            self.gone = True
            self.lobby._leave(self.source, inside=self.inside)  # noqa: SLF001
