"""Which octets of a telegram are compared to know its layout again, and which are data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from appliance.mbus.fixed import BINARY, STORED
from appliance.mbus.header import LONG_HEADER
from appliance.mbus.packing import COMPARED, CONTROL_POSITION
from appliance.mbus.records import RecordSpan
from appliance.mbus.structures import CI_POSITION, TRAILER, USER_DATA, VARIABLE

ADDRESS_POSITION: Final = 5
SENDER_KIND: Final = slice(11, 15)  # manufacturer, version, medium of a long header
FIXED_STATUS: Final = USER_DATA + 5


def mask_of(octets: bytes, spans: Iterable[RecordSpan]) -> bytes:
    """FF where an octet is compared, 00 where it is data, single bits where part of it is compared."""
    mask = bytearray((COMPARED,)) * len(octets)
    mask[CONTROL_POSITION] = mask[ADDRESS_POSITION] = mask[-TRAILER] = 0
    structure = VARIABLE.get(octets[CI_POSITION])
    if structure is None:
        mask[USER_DATA : FIXED_STATUS + 1] = bytes(5) + bytes((BINARY | STORED,))
    else:
        mask[USER_DATA : structure.data_start] = bytes(structure.header)
        if structure.header == LONG_HEADER:
            mask[SENDER_KIND] = bytes((COMPARED,)) * 4
    for span in spans:
        mask[span.data : span.end] = bytes(span.end - span.data)
    return bytes(mask)


def masked(octets: bytes, mask: bytes) -> bytes:
    """The octets compared, the others zero."""
    return (int.from_bytes(octets) & int.from_bytes(mask)).to_bytes(len(octets))
