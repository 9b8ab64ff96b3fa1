"""How each CI field of an answer lays out the octets behind it (public M-Bus documentation; OMS volume 2).

CI 73 has two meanings: the fixed structure where exactly sixteen octets follow, else a compact frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appliance.mbus.codings import Order
from appliance.mbus.header import LONG_HEADER, SHORT_HEADER, ByteOrder

CI_POSITION: Final = 6
USER_DATA: Final = 7  # position of the first octet behind the CI field
TRAILER: Final = 2  # checksum and stop octet


@dataclass(frozen=True, slots=True)
class Structure:
    """Octets of header behind the CI field, the byte order of all that follows, and where the header begins."""

    header: int
    order: Order = Order.LEAST_FIRST
    start: int = USER_DATA

    @property
    def byte_order(self) -> ByteOrder:
        return "little" if self.order is Order.LEAST_FIRST else "big"

    @property
    def data_start(self) -> int:
        """Position of the first octet behind the header."""
        return self.start + self.header


# fmt: off
VARIABLE: Final = {
    0x72: Structure(LONG_HEADER),
    0x76: Structure(LONG_HEADER, Order.MOST_FIRST),
    0x78: Structure(0),
    0x7A: Structure(SHORT_HEADER),
    0x8A: Structure(SHORT_HEADER),  # a transport header alone
    0x8B: Structure(LONG_HEADER),
}
FIXED: Final = {
    0x73: Structure(0),
    0x77: Structure(0, Order.MOST_FIRST),
}
COMPACT: Final = {
    0x73: Structure(LONG_HEADER),
    0x79: Structure(0),
    0x7B: Structure(SHORT_HEADER),
}
FORMAT: Final = {
    0x69: Structure(0),
    0x6A: Structure(SHORT_HEADER),
    0x6B: Structure(LONG_HEADER),
}
APPLICATION_ERROR: Final = {
    0x6E: Structure(SHORT_HEADER),
    0x6F: Structure(LONG_HEADER),
    0x70: Structure(0),
}
ALARM: Final = {
    0x71: Structure(0),
    0x74: Structure(SHORT_HEADER),
    0x75: Structure(LONG_HEADER),
}
# fmt: on
WITHOUT_RECORDS: Final = COMPACT | FORMAT | APPLICATION_ERROR | ALARM
