"""Taking the data octets out of a frame, and putting them back, each in one step of the interpreter."""

from __future__ import annotations

from itertools import groupby
from struct import Struct
from typing import Final
from zlib import adler32

from appliance.errors import TelegramError
from appliance.mbus.structures import TRAILER

COMPARED: Final = 0xFF
CONTROL_POSITION: Final = 4
SUMMED: Final = slice(CONTROL_POSITION, -TRAILER)  # what the checksum is of


def checksum(octets: bytes) -> int:
    """Checksum of a long frame: the low half of Adler-32 begun at 0 is the plain sum of so few octets, in one call."""
    return adler32(octets[SUMMED], 0) & 0xFF


class Packing:
    """Where the data octets of a layout stand: those that its mask does not compare whole, the checksum excepted."""

    __slots__ = ("_back", "_out", "_template", "kept")

    def __init__(self, mask: bytes, pattern: bytes) -> None:
        self.kept = [position for position, octet in enumerate(mask[:-TRAILER]) if octet != COMPARED]
        out, back, template = [], [], []
        position = 0
        for is_data, run in groupby(octet != COMPARED for octet in mask[:-TRAILER]):
            count = sum(1 for _ in run)
            out.append(f"{count}s" if is_data else f"{count}x")
            back.append(f"{count}s" if is_data else "")
            template.append(b"%b" if is_data else pattern[position : position + count].replace(b"%", b"%%"))
            position += count
        self._out = Struct("".join(out) + f"{TRAILER}x")
        self._back = Struct("".join(back))
        self._template = b"".join(template) + b"\0" + pattern[-1:].replace(b"%", b"%%")

    def data(self, octets: bytes) -> bytes:
        """The octets to keep."""
        return b"".join(self._out.unpack(octets))

    def rebuild(self, data: bytes) -> bytes:
        """The frame again, its checksum computed; raises `TelegramError` where the data are of another layout."""
        if len(data) != self._back.size:
            raise TelegramError(f"The layout has {self._back.size} octets of data, not {len(data)}.", data)
        octets = self._template % self._back.unpack(data)
        return octets[:-TRAILER] + bytes((checksum(octets),)) + octets[1 - TRAILER :]
