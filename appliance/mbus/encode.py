"""Building what `telegram.decode` reads: records, whole telegrams of both structures, application errors.

The simulated meters, the slave side and the tests live from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from appliance.errors import EncodeError
from appliance.mbus.codings import DATA_FIELDS, Coding, Kind, Order, Raw
from appliance.mbus.dif import LVAR, MANUFACTURER_DATA, MANUFACTURER_DATA_AND_MORE
from appliance.mbus.fixed import FIXED_LENGTH
from appliance.mbus.frames import RSP_UD, LongFrame
from appliance.mbus.header import Header
from appliance.mbus.meaning import meaning_of
from appliance.mbus.plain_text import FIRST_EXTENSION
from appliance.mbus.structures import APPLICATION_ERROR, FIXED, VARIABLE

LONGEST_TEXT: Final = 0xBF
LONGEST_LENGTH_RANGE: Final = 0x0F
WIDE_BINARY: Final = {16: 0xF0, 20: 0xF1, 24: 0xF2, 28: 0xF3, 32: 0xF4, 48: 0xF5, 64: 0xF6}
DOUBLE: Final = 0xF8


def encode_record(dif: bytes, vif: bytes, value: Raw | float, order: Order = Order.LEAST_FIRST) -> bytes:
    """Header and data octets of one record; `value` as the wire has it, not scaled. Raises `EncodeError`."""
    if not dif or not vif:
        raise EncodeError("A record needs a DIF and a VIF.")
    data_field = dif[0] & 0x0F
    if data_field == LVAR:
        return dif + vif + _variable(value, order)
    if data_field not in DATA_FIELDS:
        raise EncodeError(f"DIF {dif[0]:02X} tells no coding.")
    kind, size = DATA_FIELDS[data_field]
    return dif + vif + meaning_of(dif, vif, kind, size, order).coding.write(value)


def _variable(value: Raw | float, order: Order) -> bytes:
    """The shortest LVAR form of a value, its length octet first."""
    lvar, kind, size = _length(value)
    return bytes((lvar,)) + Coding(kind, size, order).write(value)


def _length(value: Raw | float) -> tuple[int, Kind, int]:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise EncodeError(f"A text has at most {LONGEST_TEXT} characters, not {len(value)}.")
        return len(value), Kind.TEXT, len(value)
    if isinstance(value, bytes):
        if len(value) in WIDE_BINARY:
            return WIDE_BINARY[len(value)], Kind.RAW, len(value)
        raise EncodeError(f"Octets of variable length come in {', '.join(map(str, WIDE_BINARY))}, not {len(value)}.")
    if isinstance(value, int):
        return _binary_length(value)
    if isinstance(value, float | Decimal):
        return DOUBLE, Kind.REAL, 8
    raise EncodeError(f"{value!r} has no coding of variable length.")


def _binary_length(value: int) -> tuple[int, Kind, int]:
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    if size > LONGEST_LENGTH_RANGE:
        raise EncodeError(f"An integer of variable length has at most {LONGEST_LENGTH_RANGE} octets, not {size}.")
    return 0xE0 + size, Kind.INTEGER, size


def encode_bcd(dif: bytes, vif: bytes, value: int) -> bytes:
    """A record of variable length with a BCD number, positive or negative."""
    digits = str(abs(value))
    size = (len(digits) + 1) // 2
    if size > LONGEST_LENGTH_RANGE:
        raise EncodeError(f"BCD of variable length has at most {2 * LONGEST_LENGTH_RANGE} digits, not {len(digits)}.")
    base, kind = (0xC0, Kind.BCD) if value >= 0 else (0xD0, Kind.NEGATIVE_BCD)
    return dif + vif + bytes((base + size,)) + Coding(kind, size).write(value)


def plain_text_vif(text: str, extensions: bytes = b"") -> bytes:
    """A VIF that names its unit in plain text, extensions behind it."""
    octets = text.encode("latin-1", "replace")[::-1]
    most = FIRST_EXTENSION - 1 if extensions else 0xFF
    if len(octets) > most:
        raise EncodeError(f"The text of a VIF like this has at most {most} characters, not {len(octets)}.")
    return bytes((0xFC if extensions else 0x7C, len(octets))) + octets + extensions


def encode_telegram(
    header: Header,
    records: Iterable[bytes],
    *,
    primary_address: int,
    ci: int = 0x72,
    more: bool = False,
    manufacturer_data: bytes = b"",
) -> bytes:
    """A whole answer with variable structure (CI 72 or 76); raises `EncodeError` where it gets too long."""
    structure = VARIABLE.get(ci)
    if structure is None or not structure.header:
        raise EncodeError(f"CI {ci:02X} has no header of this kind: 72 and 76 have.")
    tail = b""
    if more or manufacturer_data:
        tail = bytes((MANUFACTURER_DATA_AND_MORE if more else MANUFACTURER_DATA,)) + manufacturer_data
    user_data = header.to_bytes(structure.byte_order) + b"".join(records) + tail
    return LongFrame(RSP_UD, primary_address, ci, user_data).to_bytes()


def encode_fixed(
    identification: str,
    medium_and_units: bytes,
    counters: tuple[int, int],
    *,
    primary_address: int,
    access_number: int = 0,
    status: int = 0,
    ci: int = 0x73,
) -> bytes:
    """A whole answer with the fixed structure (CI 73 or 77); bits 0 and 1 of `status` choose the counters' form."""
    structure = FIXED.get(ci)
    if structure is None:
        raise EncodeError(f"CI {ci:02X} is no fixed structure: 73 and 77 are.")
    coding = Coding(Kind.INTEGER if status & 1 else Kind.BCD, 4, structure.order)
    try:
        octets = int(identification, 16).to_bytes(4, structure.byte_order) + bytes((access_number, status))
    except (ValueError, OverflowError) as error:
        raise EncodeError(f"The head of the fixed structure does not fit: {identification}, {status}.") from error
    octets += medium_and_units + b"".join(coding.write(counter) for counter in counters)
    if len(octets) != FIXED_LENGTH:
        raise EncodeError(f"The fixed structure has {FIXED_LENGTH} octets, not {len(octets)}.")
    return LongFrame(RSP_UD, primary_address, ci, octets).to_bytes()


def encode_application_error(code: int, *, primary_address: int) -> bytes:
    """The answer of a meter that cannot do what it was asked (CI 70)."""
    ci = next(ci for ci, structure in APPLICATION_ERROR.items() if not structure.header)
    return LongFrame(RSP_UD, primary_address, ci, bytes((code,))).to_bytes()
