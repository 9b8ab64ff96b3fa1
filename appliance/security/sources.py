"""Where a connection comes from, and whether it may."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Source = IPv4Address | IPv6Address
Net = IPv4Network | IPv6Network


def source_of(peer: str) -> Source:
    """The address at the other end: without zone, and IPv4 where it only looks like IPv6."""
    address = ip_address(peer.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_allowed(source: Source, allow: Iterable[Net]) -> bool:
    """By a setting such as `ssh.allow`; empty is all."""
    nets = tuple(allow)
    return not nets or any(source.version == net.version and source in net for net in nets)
