"""Data information block: what kind of value follows, in which coding, from which store, tariff and part of the meter.

```text
DIF    extension  storage bit 0  function (2)      data field (4)
DIFE   extension  subunit bit    tariff bits (2)   storage bits (4)      at most ten of them
```
(public M-Bus documentation)
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

EXTENSION: Final = 0x80
MAXIMUM_EXTENSIONS: Final = 10
LVAR: Final = 0x0D  # data field: the length stands before the data

MANUFACTURER_DATA: Final = 0x0F  # everything behind it is the manufacturer's
MANUFACTURER_DATA_AND_MORE: Final = 0x1F  # the same, and a further telegram follows
IDLE_FILLER: Final = 0x2F
READOUT_REQUEST: Final = 0x7F


class Function(StrEnum):
    """Which value of a period a record holds."""

    INSTANTANEOUS = "instantaneous"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"
    ERROR = "error"  # value during the error state


FUNCTIONS: Final = tuple(Function)


class Place(NamedTuple):
    """Where in the meter a value comes from."""

    function: Function
    storage: int
    tariff: int
    subunit: int


def place(dif: bytes) -> Place:
    """From a DIF with its DIFEs."""
    storage, tariff, subunit = dif[0] >> 6 & 1, 0, 0
    for index, extension in enumerate(dif[1:]):
        storage |= (extension & 0x0F) << (4 * index + 1)
        tariff |= (extension >> 4 & 3) << (2 * index)
        subunit |= (extension >> 6 & 1) << index
    return Place(FUNCTIONS[dif[0] >> 4 & 3], storage, tariff, subunit)


def build_dif(data_field: int, function: Function, storage: int = 0, tariff: int = 0, subunit: int = 0) -> bytes:
    """The shortest DIF and DIFEs for a place: the inverse of `place`."""
    octets = [data_field | FUNCTIONS.index(function) << 4 | (storage & 1) << 6]
    storage >>= 1
    while storage or tariff or subunit:
        octets[-1] |= EXTENSION
        octets.append(storage & 0x0F | (tariff & 3) << 4 | (subunit & 1) << 6)
        storage, tariff, subunit = storage >> 4, tariff >> 2, subunit >> 1
    return bytes(octets)
