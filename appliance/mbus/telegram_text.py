"""Telegrams from text: one a line, or one over several lines until a blank line; recordings of bus traffic too.

Blanks, colons, commas and `0x` between the digits do not matter, `#` begins a comment. A line that begins a frame of
its own ends the telegram before it, so that one broken line of many spoils no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from appliance.errors import SettingError, TelegramError
from appliance.mbus.framer import Framer, Noise, Received
from appliance.mbus.frames import START_LONG, Frame, expected_length
from appliance.mbus.recording import is_recorded, parse_line

BETWEEN_DIGITS: Final = re.compile(r"0x|[\s:,;\-]", re.IGNORECASE)
HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")
BYTE_ORDER_MARK: Final = "\ufeff"
SHOWN_OF_A_BAD_LINE: Final = 40


def is_hex(text: str) -> bool:
    """Whether it is a telegram written out, and no name of a file."""
    digits = set(BETWEEN_DIGITS.sub("", text))
    return bool(digits) and digits <= HEX_DIGITS


def telegrams(lines: Iterable[str]) -> Iterator[bytes | TelegramError]:
    """The octets of each telegram in the text, or why a line holds none."""
    pending = b""
    for line in lines:
        if is_recorded(line):
            yield from _recorded(line)
            continue
        try:
            octets = _octets(line)
        except TelegramError as error:
            yield from _rest(pending)
            pending = b""
            yield error
            continue
        if pending and _ends_what_was_before(line, octets):
            yield pending
            pending = b""
        pending += octets
        if pending and _is_complete(pending):
            yield pending
            pending = b""
    yield from _rest(pending)


def frames_in(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The frames in octets as a line gives them; noise is given as the octets it is."""
    framer = Framer()
    for octets in pieces:
        yield from map(_octets_of, framer.feed(Received(octets)))
    yield from map(_octets_of, framer.flush())


def _octets_of(event: Frame | Noise) -> bytes:
    return event.octets if isinstance(event, Noise) else event.to_bytes()


def _octets(line: str) -> bytes:
    """The octets of one line; raises `TelegramError` naming what is no hex digit."""
    text = line.lstrip(BYTE_ORDER_MARK).partition("#")[0]
    digits = BETWEEN_DIGITS.sub("", text)
    try:
        return bytes.fromhex(digits)
    except ValueError:
        shown = text.strip()[:SHOWN_OF_A_BAD_LINE]
        position = next((at for at, digit in enumerate(digits) if digit not in HEX_DIGITS), len(digits))
        sentence = f"A telegram is written in pairs of hex digits, this is not: {shown!a}."
        raise TelegramError(sentence, b"", position // 2) from None


def _ends_what_was_before(line: str, octets: bytes) -> bool:
    if not octets:
        return not line.strip()  # a comment stands inside a telegram, a blank line ends it
    long_start = len(octets) > 3 and octets[0] == octets[3] == START_LONG and octets[1] == octets[2]
    return long_start or (octets[0] != START_LONG and _is_whole(octets))


def _is_whole(octets: bytes) -> bool:
    try:
        return expected_length(octets) == len(octets)
    except TelegramError:
        return False


def _is_complete(octets: bytes) -> bool:
    """Whether no further line can make a better telegram of these octets."""
    try:
        length = expected_length(octets)
    except TelegramError:
        return True
    return length is not None and len(octets) >= length


def _rest(pending: bytes) -> Iterator[bytes]:
    if pending:
        yield pending


def _recorded(line: str) -> Iterator[bytes | TelegramError]:
    """The frames of one line of a recording."""
    try:
        octets = parse_line(line).octets
    except SettingError as error:
        yield TelegramError(error.sentence)
        return
    yield from frames_in((octets,))
