"""Reads telegrams one after the other: a compact frame is read when its format was heard before it."""

from __future__ import annotations

from collections.abc import Callable

from appliance.errors import RefusedError
from appliance.mbus.book import LayoutBook
from appliance.mbus.telegram import Telegram, decode
from appliance.meters.meter_key import parse_key

Read = Callable[[bytes], Telegram]


def reader(key: str | None = None) -> Read:
    """What reads a telegram, with a key the encrypted ones too. Raises `RefusedError` for a key that is none."""
    book = LayoutBook()
    if key is None:
        return book.decode
    octets = parse_key(key)
    try:
        from appliance.meters.opening import opener  # the library for it is loaded only when asked for
    except ImportError as error:
        raise RefusedError("Opening encrypted telegrams needs cryptography: pip install 'busmeister[run]'.") from error
    decrypt = opener(octets)

    def read(octets: bytes) -> Telegram:
        telegram = book.decode(octets)
        return telegram if telegram.security == "none" else decode(octets, decrypt)

    return read
