"""The data header of a telegram (public M-Bus documentation).

```text
CI 72, 76   identification (4, BCD)  manufacturer (2)  version  medium  access number  status  configuration word (2)
CI 7A       access number  status  configuration word (2)
```
Least significant octet first, except in mode 2 (CI 76), where fields of several octets begin with the most significant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from appliance.errors import EncodeError
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.manufacturers import manufacturer_letters

LONG_HEADER: Final = 12
SHORT_HEADER: Final = 4

ByteOrder = Literal["little", "big"]


@dataclass(frozen=True, slots=True)
class ShortHeader:
    """What also a telegram without address tells: how often the meter answered, how it is, how it is secured."""

    access_number: int
    status: int
    configuration: int

    @classmethod
    def from_bytes(cls, octets: bytes, order: ByteOrder = "little") -> ShortHeader:
        return cls(octets[0], octets[1], int.from_bytes(octets[2:4], order))

    def to_bytes(self, order: ByteOrder = "little") -> bytes:
        return bytes((self.access_number, self.status)) + self.configuration.to_bytes(2, order)


@dataclass(frozen=True, slots=True)
class Header:
    """Who sends, how often it answered, how it is, how its data are secured."""

    identification: str  # eight hex digits, most significant first; decimal ones where the meter keeps to BCD
    manufacturer: int
    version: int
    medium: int
    access_number: int = 0
    status: int = 0
    configuration: int = 0

    @classmethod
    def from_bytes(cls, octets: bytes, order: ByteOrder = "little") -> Header:
        """From the twelve octets behind the CI field."""
        identification = int.from_bytes(octets[:4], order)
        manufacturer = int.from_bytes(octets[4:6], order)
        configuration = int.from_bytes(octets[10:12], order)
        return cls(f"{identification:08X}", manufacturer, octets[6], octets[7], octets[8], octets[9], configuration)

    def to_bytes(self, order: ByteOrder = "little") -> bytes:
        """The twelve octets; raises `EncodeError` when a field does not fit."""
        try:
            return (
                int(self.identification, 16).to_bytes(4, order)
                + self.manufacturer.to_bytes(2, order)
                + bytes((self.version, self.medium, self.access_number, self.status))
                + self.configuration.to_bytes(2, order)
            )
        except (ValueError, OverflowError) as error:
            raise EncodeError(f"The header does not fit its twelve octets: {self}.") from error

    @property
    def secondary_address(self) -> SecondaryAddress:
        """The eight octets by which the meter is selected."""
        return SecondaryAddress(self.identification, self.manufacturer, self.version, self.medium)

    @property
    def manufacturer_letters(self) -> str:
        return manufacturer_letters(self.manufacturer)
