"""Answers as faulty meters send them: frames in, spoiled frames out."""

from __future__ import annotations

from random import Random
from typing import Final

from appliance.mbus.frames import MAXIMUM_L, START_LONG

CI: Final = 6
IDENTIFICATION: Final = slice(7, 11)
ACCESS_NUMBER: Final = {0x72: 15, 0x76: 15, 0x73: 11, 0x77: 11}
WITH_IDENTIFICATION: Final = frozenset(ACCESS_NUMBER)
MORE_FOLLOWS: Final = 0x1F
MANUFACTURER_DATA: Final = 0x0F


def wrong_checksum(frame: bytes) -> bytes:
    """The checksum is off by a bit that parity does not tell."""
    return frame[:-2] + bytes((frame[-2] ^ 0x21, frame[-1])) if _is_long(frame) else frame


def truncated(frame: bytes, random: Random) -> bytes:
    """The answer breaks off somewhere."""
    return frame[: random.randrange(1, len(frame))] if _is_long(frame) else frame


def wrong_identification(frame: bytes) -> bytes:
    """The header names the meter with the next number."""
    if not _is_long(frame) or frame[CI] not in WITH_IDENTIFICATION:
        return frame
    return _sealed(frame[: IDENTIFICATION.start] + next_number(frame[IDENTIFICATION]) + frame[IDENTIFICATION.stop :])


def announcing_more(frame: bytes, access_number: int) -> bytes:
    """The telegram ends with "more records follow" and differs from the one before by its access number."""
    if not _is_long(frame) or frame[CI] not in (0x72, 0x76):
        return frame
    octets = bytearray(frame)
    octets[ACCESS_NUMBER[frame[CI]]] = access_number
    if octets[-3] != MORE_FOLLOWS and len(octets) < MAXIMUM_L + 6:
        octets[-2:-2] = bytes((MORE_FOLLOWS,))
        octets[1] = octets[2] = octets[1] + 1
    return _sealed(bytes(octets))


def readdressed(frame: bytes, primary_address: int) -> bytes:
    """The same telegram from another primary address."""
    return _sealed(frame[:5] + bytes((primary_address,)) + frame[6:])


def renumbered(frame: bytes, identification: str) -> bytes:
    """The same telegram with another identification in its header."""
    octets = bytes.fromhex(identification)[::-1]
    return _sealed(frame[: IDENTIFICATION.start] + octets + frame[IDENTIFICATION.stop :])


def next_number(identification: bytes) -> bytes:
    """The identification after this one, BCD, least significant octet first; hex digits count as numbers do."""
    digits = identification[::-1].hex()
    following = f"{(int(digits) + 1) % 10**8:08d}" if digits.isdecimal() else f"{(int(digits, 16) + 1) % 16**8:08x}"
    return bytes.fromhex(following)[::-1]


def _is_long(frame: bytes) -> bool:
    return len(frame) > 8 and frame[0] == START_LONG


def _sealed(frame: bytes) -> bytes:
    return frame[:-2] + bytes((sum(frame[4:-2]) & 0xFF, frame[-1]))
