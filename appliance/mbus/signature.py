"""CRC-16 of EN 13757 and the format signature made with it (public OMS specification, volume 2).

The signature names a sequence of record headers. A compact frame sends it instead of the headers, so that who has
heard them once, in a full frame or a format frame, can put the frame together again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

POLYNOMIAL: Final = 0x3D65


def _shifted(octet: int) -> int:
    register = octet << 8
    for _ in range(8):
        register = register << 1 ^ POLYNOMIAL if register & 0x8000 else register << 1
    return register & 0xFFFF


_TABLE: Final = tuple(_shifted(octet) for octet in range(256))


def crc16(octets: bytes) -> int:
    """CRC-16 EN 13757: polynomial 3D65, most significant bit first, initial value 0, complemented."""
    register = 0
    for octet in octets:
        register = (register & 0xFF) << 8 ^ _TABLE[register >> 8 ^ octet]
    return register ^ 0xFFFF


def format_signature(headers: Iterable[bytes]) -> int:
    """Signature of records whose headers (DIF, DIFE, VIF, VIFE, plain text) are given in their order."""
    return crc16(b"".join(headers))
