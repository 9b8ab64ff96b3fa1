"""The machine's network interfaces, routers and name servers, as the kernel tells them; asks nobody, sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

from appliance.ports import Interface, Network
from drivers.host.files import read_word
from drivers.host.network import CLASS, address_of

ROUTES: Final = Path("/proc/net/route")
ADDRESSES_6: Final = Path("/proc/net/if_inet6")
RESOLVER: Final = Path("/etc/resolv.conf")
EVERYWHERE: Final = "00000000"  # destination of a default route


def network() -> Network:
    """As it is now."""
    found = [interface(path) for path in sorted(CLASS.glob("*")) if path.name != "lo"]
    resolver = _text(RESOLVER)
    return Network(tuple(found), tuple(routers(_text(ROUTES))), tuple(name_servers(resolver)), domain(resolver))


def interface(path: Path) -> Interface:
    """One of them, by its folder in /sys."""
    return Interface(
        name=path.name,
        connected=read_word(path / "carrier") == "1",
        mac=read_word(path / "address"),
        addresses=(*filter(None, [address_of(path.name)]), *addresses_6(_text(ADDRESSES_6), path.name)),
        received=_number(path / "statistics" / "rx_bytes"),
        sent=_number(path / "statistics" / "tx_bytes"),
    )


def addresses_6(table: str, name: str) -> Iterator[str]:
    """The IPv6 addresses of an interface: `fe80... 02 40 20 80 eth0`, a line each."""
    for fields in map(str.split, table.splitlines()):
        if len(fields) == 6 and fields[5] == name:
            yield str(IPv6Address(bytes.fromhex(fields[0])))


def routers(table: str) -> Iterator[str]:
    """Where everything goes that is not for the local network: `eth0 00000000 0101A8C0 ...`, little-endian."""
    for fields in map(str.split, table.splitlines()[1:]):
        if len(fields) > 2 and fields[1] == EVERYWHERE:
            yield f"{IPv4Address(int.from_bytes(bytes.fromhex(fields[2]), 'little'))} on {fields[0]}"


def name_servers(text: str) -> Iterator[str]:
    """Who is asked for the addresses of names."""
    for fields in map(str.split, text.splitlines()):
        if len(fields) > 1 and fields[0] == "nameserver":
            yield fields[1]


def domain(text: str) -> str:
    """What the resolver adds first to names without a domain; the last line about it counts (resolv.conf(5))."""
    told = [
        fields[1]
        for fields in map(str.split, text.splitlines())
        if fields[:1] in (["search"], ["domain"]) and len(fields) > 1
    ]
    return told[-1] if told else ""


def _number(path: Path) -> int:
    text = read_word(path)
    return int(text) if text.isdecimal() else 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
