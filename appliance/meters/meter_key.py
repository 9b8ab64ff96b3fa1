"""The key of a meter, as a person gives it."""

from __future__ import annotations

from typing import Final

from appliance.errors import RefusedError

KEY_LENGTH: Final = 16


def parse_key(text: str) -> bytes:
    """The sixteen octets of a key; raises `RefusedError`, which never repeats it."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_LENGTH:
        raise RefusedError(f"A key is {2 * KEY_LENGTH} hex digits; what was given is not.")
    return key
