"""Text that came from a meter: hostile until cleaned, and clean by type from then on."""

from __future__ import annotations

import unicodedata
from typing import Final, Self

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
# Controls, formats (bidirectional overrides among them), surrogates, private use, unassigned, line and paragraph ends.
HARMFUL: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class MeterText(str):
    """Text without anything that could move a cursor, turn the writing direction or end a line."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if text.isascii() and text.isprintable():
            return str.__new__(cls, text)
        return str.__new__(cls, "".join(map(_harmless, text.strip("\0"))))

    @classmethod
    def from_wire(cls, octets: bytes) -> Self:
        """Text as EN 13757-3 sends it: ISO 8859-1, last character first, perhaps padded with zero octets."""
        return cls(octets[::-1].decode("latin-1"))


def _harmless(character: str) -> str:
    return REPLACEMENT if unicodedata.category(character) in HARMFUL else character
