"""How the machine's network is, as the kernel tells it in /sys; asks nobody and sends nothing."""

from __future__ import annotations

import fcntl
import socket
import struct
from pathlib import Path
from typing import Final

from appliance.ports import Link

CLASS: Final = Path("/sys/class/net")
SIOCGIFADDR: Final = 0x8915
NAME_LENGTH: Final = 15
ADDRESS_AT: Final = slice(20, 24)


class HostNetwork:
    """The first interface that has a cable, else the first there is."""

    def __init__(self, folder: Path = CLASS) -> None:
        self._folder = folder

    def link(self) -> Link:
        """How it is now."""
        names = sorted(
            path.name for path in self._folder.glob("*") if (path / "device").exists() or self._is_bridge(path)
        )
        for name in names:
            if _read(self._folder / name / "carrier") == "1":
                return Link(True, self._octets(name), address_of(name))
        return Link(False, 0, "")

    def _octets(self, name: str) -> int:
        counters = (_read(self._folder / name / "statistics" / f"{way}_bytes") for way in ("rx", "tx"))
        return sum(int(text) for text in counters if text.isdecimal())

    def _is_bridge(self, path: Path) -> bool:
        """A virtual interface that stands for a real one, as in a container."""
        return path.name != "lo" and _read(path / "type") == "1"


def address_of(name: str) -> str:
    """The IPv4 address of an interface; empty where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, struct.pack("256s", name.encode()[:NAME_LENGTH]))
        except OSError:
            return ""
    return socket.inet_ntoa(answer[ADDRESS_AT])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:  # the carrier of an interface that is down cannot be read
        return ""
