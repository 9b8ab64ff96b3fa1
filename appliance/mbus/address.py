"""Primary, secondary and enhanced addresses (public M-Bus documentation).

The secondary address is eight octets on the wire: identification (BCD, least significant first), manufacturer,
version, medium. In a selection F is the wildcard of one identification digit, FFFF of the manufacturer and FF of
version and medium.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from appliance.errors import SettingError
from appliance.mbus.manufacturers import manufacturer_code, manufacturer_letters

UNCONFIGURED: Final = 0  # the factory value of most meters
HIGHEST_PRIMARY: Final = 250
SELECTED: Final = 0xFD  # the slave chosen by its secondary address answers to it
TEST: Final = 0xFE  # every slave answers: they collide
BROADCAST: Final = 0xFF  # every slave listens, none answers

ANY_IDENTIFICATION: Final = "FFFFFFFF"
ANY_MANUFACTURER: Final = 0xFFFF
ANY: Final = 0xFF
FABRICATION_NUMBER: Final = b"\x0c\x78"  # DIF VIF that precede the fabrication number in an enhanced selection


@dataclass(frozen=True, slots=True, order=True)
class SecondaryAddress:
    """Identification, manufacturer, version and medium of a slave; also a mask with wildcards to select by."""

    identification: str  # eight hex digits, most significant first; F is the wildcard
    manufacturer: int = ANY_MANUFACTURER
    version: int = ANY
    medium: int = ANY
    fabrication: str | None = None  # eight more digits: enhanced selection

    @classmethod
    def parse(cls, text: str) -> SecondaryAddress:
        """`12345678`, `1234FFFF`, `12345678-KAM`, `12345678-KAM-1`, `12345678-KAM-1-4`."""
        identification, *rest = text.strip().upper().split("-")
        if (
            not text.isascii()  # some letters become two capitals
            or len(identification) != 8
            or any(digit not in "0123456789ABCDEF" for digit in identification)
            or len(rest) > 3
        ):
            raise SettingError(
                f'A secondary address is 8 digits, F for any, such as 12345678 or 12345678-KAM-1-4, not "{text}".'
            )
        letters, version, medium = (*rest, *["*"] * (3 - len(rest)))
        manufacturer = ANY_MANUFACTURER if letters == "*" else manufacturer_code(letters)
        return cls(identification, manufacturer, _octet(version, "version"), _octet(medium, "medium"))

    @classmethod
    def from_bytes(cls, octets: bytes) -> SecondaryAddress:
        """From the eight octets of a header or a selection."""
        return cls(octets[3::-1].hex().upper(), int.from_bytes(octets[4:6], "little"), octets[6], octets[7])

    def to_bytes(self) -> bytes:
        """The user data of a selection: eight octets, thirteen and more with a fabrication number."""
        octets = bytes.fromhex(self.identification)[::-1] + self.manufacturer.to_bytes(2, "little")
        octets += bytes((self.version, self.medium))
        if self.fabrication is not None:
            octets += FABRICATION_NUMBER + bytes.fromhex(self.fabrication)[::-1]
        return octets

    @property
    def has_wildcards(self) -> bool:
        """True when more than one slave may match."""
        return "F" in self.identification or self.manufacturer == ANY_MANUFACTURER or ANY in (self.version, self.medium)

    def matches(self, other: SecondaryAddress) -> bool:
        """Whether a slave with the address `other` is selected by this mask."""
        return (
            all(mine in ("F", theirs) for mine, theirs in zip(self.identification, other.identification, strict=True))
            and self.manufacturer in (ANY_MANUFACTURER, other.manufacturer)
            and self.version in (ANY, other.version)
            and self.medium in (ANY, other.medium)
            and (self.fabrication is None or _digits_match(self.fabrication, other.fabrication))
        )

    def without_fabrication(self) -> SecondaryAddress:
        """The plain eight octets."""
        return replace(self, fabrication=None)

    def __str__(self) -> str:
        parts = [
            self.identification,
            "*" if self.manufacturer == ANY_MANUFACTURER else manufacturer_letters(self.manufacturer),
            "*" if self.version == ANY else str(self.version),
            "*" if self.medium == ANY else str(self.medium),
        ]
        while parts[-1] == "*":
            parts.pop()
        return "-".join(parts)


def _digits_match(mask: str, digits: str | None) -> bool:
    return digits is not None and all(mine in ("F", theirs) for mine, theirs in zip(mask, digits, strict=True))


def _octet(text: str, name: str) -> int:
    if text == "*":
        return ANY
    if not text.isdecimal() or int(text) > 254:
        raise SettingError(f'The {name} in a secondary address is 0 to 254 or *, not "{text}".')
    return int(text)
