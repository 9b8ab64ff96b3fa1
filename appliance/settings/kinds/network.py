"""Hosts, addresses and URLs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from appliance.settings.kinds.base import Kind, NotTaken, alternatives
from appliance.settings.kinds.words import ListOf

LABEL: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
PORTED: Final = re.compile(r"(\[[^\]]+\]|[^:\[\]]+):[1-9][0-9]{0,4}", re.ASCII)
LAST_PORT: Final = 65535


class Host(Kind[str]):
    """A host's name (RFC 1123) or its address."""

    word = "host"

    def parse(self, text: str) -> str:
        labels = text.removesuffix(".").split(".")
        named = len(text) <= 253 and all(map(LABEL.fullmatch, labels)) and not labels[-1].isdecimal()
        if text and not named:
            Address().parse(text)
        return text

    def allowed(self) -> str:
        return "a host name or an IP address"


@dataclass(frozen=True, slots=True)
class HostPort:
    """A host and a TCP port; 0 where none is named, an empty host where nothing is."""

    host: str
    port: int = 0


class HostPorts(Kind[HostPort]):
    """A host, with the port behind a colon: `example.org:443`, `[fe80::1]:443`; or nothing."""

    word = "text"

    def parse(self, text: str) -> HostPort:
        host, _, port = text.rpartition(":") if PORTED.fullmatch(text) else (text, "", "0")
        if int(port) > LAST_PORT:
            raise NotTaken
        return HostPort(Host().parse(host.removeprefix("[").removesuffix("]")), int(port))

    def format(self, value: HostPort) -> str:
        if not value.port:
            return value.host
        return f"[{value.host}]:{value.port}" if ":" in value.host else f"{value.host}:{value.port}"

    def allowed(self) -> str:
        return "a host name or an IP address, with a port behind a colon where one is meant"


class Address(Kind["IPv4Address | IPv6Address | None"]):
    """An IP address, or none."""

    word = "address"

    def parse(self, text: str) -> IPv4Address | IPv6Address | None:
        try:
            return ip_address(text) if text else None
        except ValueError:
            raise NotTaken from None

    def format(self, value: IPv4Address | IPv6Address | None) -> str:
        return str(value or "")

    def allowed(self) -> str:
        return "an IP address"


class Network(Kind["IPv4Network | IPv6Network"]):
    """An address or a network."""

    word = "network"

    def parse(self, text: str) -> IPv4Network | IPv6Network:
        try:
            return ip_network(text)
        except ValueError as error:
            raise NotTaken("it has host bits set" if "host bits" in str(error) else "") from None

    def format(self, value: IPv4Network | IPv6Network) -> str:
        return str(value.network_address if value.num_addresses == 1 else value)

    def allowed(self) -> str:
        return "IP addresses and networks"


class IpList(ListOf["IPv4Network | IPv6Network"]):
    """Addresses and networks that may connect; empty is all."""

    word = "ip list"

    def __init__(self) -> None:
        super().__init__(Network())

    def allowed(self) -> str:
        return "addresses and networks with commas between, such as 10.4.0.0/16"


class Listen(ListOf["IPv4Address | IPv6Address | None"]):
    """Addresses to listen on."""

    word = "listen"

    def __init__(self) -> None:
        super().__init__(Address())

    def parse(self, text: str) -> tuple[IPv4Address | IPv6Address | None, ...]:
        addresses = super().parse(text)
        if not addresses or None in addresses:
            raise NotTaken
        return addresses

    def allowed(self) -> str:
        return "addresses with commas between, such as 127.0.0.1"


class Url(Kind[str]):
    """A URL of one of a few schemes, or nothing."""

    word = "url"

    def __init__(self, *schemes: str) -> None:
        self.schemes = schemes

    def parse(self, text: str) -> str:
        if not text:
            return text
        try:
            parts = urlsplit(text)
        except ValueError:
            raise NotTaken from None
        if parts.scheme not in self.schemes or not (parts.netloc or parts.path) or re.search(r"\s|[^ -~]", text):
            raise NotTaken
        return text

    def allowed(self) -> str:
        return f"a whole URL that begins with {alternatives(tuple(f'{scheme}:' for scheme in self.schemes))}"
