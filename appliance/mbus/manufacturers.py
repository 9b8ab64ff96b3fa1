"""Manufacturer codes: three letters packed into two octets (EN 13757-7; administered by the FLAG association)."""

from __future__ import annotations

from appliance.errors import SettingError


def manufacturer_letters(code: int) -> str:
    """`0x2C2D` -> `KAM`. Codes that are no letters come out as four hex digits."""
    letters = [((code >> shift) & 0x1F) + 64 for shift in (10, 5, 0)]
    if code < 0x8000 and all(65 <= letter <= 90 for letter in letters):
        return "".join(map(chr, letters))
    return f"{code:04X}"


def manufacturer_code(letters: str) -> int:
    """`KAM` -> `0x2C2D`; four hex digits stay what they are. Raises `SettingError`."""
    word = letters.upper() if letters.isascii() else ""
    if len(word) == 3 and all("A" <= letter <= "Z" for letter in word):
        first, second, third = (ord(letter) - 64 for letter in word)
        return first << 10 | second << 5 | third
    if len(word) == 4 and all(letter in "0123456789ABCDEF" for letter in word):
        return int(word, 16)
    raise SettingError(f'A manufacturer is three letters A-Z or four hex digits, not "{letters}".')
