"""Selection by secondary address: what an SND_UD to 253 asks for, and whom it means (public M-Bus documentation).

```text
CI 52  identification (4)  manufacturer (2)  version  medium  [0C 78  fabrication number (4)]
CI 56  the same, each field with its most significant octet first
```
F stands for any digit, FFFF for any manufacturer, FF for any version or medium.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from appliance.mbus.address import ANY, ANY_MANUFACTURER, FABRICATION_NUMBER, SELECTED, SecondaryAddress
from appliance.mbus.frames import LongFrame
from appliance.mbus.orders import SELECTION, SELECTION_MODE_2


@dataclass(frozen=True, slots=True)
class Selection:
    """What a master selects by, as numbers to compare: `address & mask == pattern`."""

    mask: int
    pattern: int
    fabrication: tuple[int, int] | None = None  # mask and pattern of the fabrication number

    @classmethod
    def of(cls, address: SecondaryAddress) -> Selection:
        """Wildcards are what the mask leaves out."""
        mask = _digits_mask(address.identification) << 32
        mask |= 0 if address.manufacturer == ANY_MANUFACTURER else 0xFFFF0000
        mask |= 0 if address.version == ANY else 0xFF00
        mask |= 0 if address.medium == ANY else 0xFF
        fabrication = None
        if address.fabrication is not None:
            digits_mask = _digits_mask(address.fabrication)
            fabrication = (digits_mask, int(address.fabrication, 16) & digits_mask)
        return cls(mask, address_number(address) & mask, fabrication)

    def means(self, address: int, fabrication: int | None) -> bool:
        """Whether the slave with these numbers is selected."""
        if address & self.mask != self.pattern:
            return False
        if self.fabrication is None:
            return True
        mask, pattern = self.fabrication
        return fabrication is not None and fabrication & mask == pattern


@lru_cache(maxsize=64)
def read_selection(frame: LongFrame) -> Selection | None:
    """The selection that a frame to 253 makes; None where it makes none or its data is no address."""
    data = frame.user_data
    if not is_selection(frame) or len(data) < 8:
        return None
    if frame.ci == SELECTION_MODE_2:
        data = data[3::-1] + data[5:3:-1] + data[6:]
    address, further = SecondaryAddress.from_bytes(data[:8]), data[8:]
    if not further:
        return Selection.of(address)
    if not further.startswith(FABRICATION_NUMBER) or len(further) != len(FABRICATION_NUMBER) + 4:
        return None
    number = further[len(FABRICATION_NUMBER) :]
    digits = (number if frame.ci == SELECTION_MODE_2 else number[::-1]).hex().upper()
    return Selection.of(
        SecondaryAddress(address.identification, address.manufacturer, address.version, address.medium, digits)
    )


def is_selection(frame: LongFrame) -> bool:
    """Whether a frame of the master chooses slaves."""
    return frame.address == SELECTED and frame.ci in (SELECTION, SELECTION_MODE_2)


def address_number(address: SecondaryAddress) -> int:
    """The eight octets as one number, identification first."""
    number = int(address.identification, 16) << 32
    return number | address.manufacturer << 16 | address.version << 8 | address.medium


def _digits_mask(digits: str) -> int:
    return int("".join("0" if digit == "F" else "F" for digit in digits), 16)
