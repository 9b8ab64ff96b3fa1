"""How the machine's network is, as the kernel tells it in /sys; asks nobody and sends nothing."""

from __future__ import annotations

import fcntl
import socket
import struct
from pathlib import Path
from typing import Final

from appliance.ports import Link
from drivers.host.files import read_word

CLASS: Final = Path("/sys/class/net")
ETHERNET: Final = "1"  # ARPHRD_ETHER
SIOCGIFADDR: Final = 0x8915
NAME_LENGTH: Final = 15
ADDRESS_AT: Final = slice(20, 24)


class HostNetwork:
    """The first interface that has a cable, else the first there is."""

    def __init__(self, folder: Path = CLASS) -> None:
        self._folder = folder

    def link(self, device: str = "") -> Link:
        """How it is now; of one interface, where it is named."""
        for name in [device] if device else self._names():
            if self._has_cable(name):
                return Link(True, self._octets(name), address_of(name))
        return Link(False, 0, "")

    def first_device(self) -> str:
        """The interface meant where none is named; empty where there is none."""
        names = self._names()
        return next(filter(self._has_cable, names), names[0] if names else "")

    def _names(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob("*") if self._is_wired(path))

    def _has_cable(self, name: str) -> bool:
        return read_word(self._folder / name / "carrier") == "1"

    def _octets(self, name: str) -> int:
        counters = (read_word(self._folder / name / "statistics" / f"{way}_bytes") for way in ("rx", "tx"))
        return sum(int(text) for text in counters if text.isdecimal())

    def _is_wired(self, path: Path) -> bool:
        """A real one, or a virtual one that stands for it, as in a container."""
        return (path / "device").exists() or (path.name != "lo" and read_word(path / "type") == ETHERNET)


def address_of(name: str) -> str:
    """The IPv4 address of an interface; empty where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, struct.pack("256s", name.encode()[:NAME_LENGTH]))
        except OSError:
            return ""
    return socket.inet_ntoa(answer[ADDRESS_AT])
