"""Numbers on the wire: types A, B, C, D and H, the least significant octet first (public M-Bus documentation).

```text
A  BCD, two digits an octet; F as the first digit is the minus sign
B  two's complement       C, D  unsigned       H  IEEE 754
```
"""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from typing import Final

from appliance.errors import EncodeError


def read_integer(octets: bytes) -> int:
    """Type B: two's complement."""
    return int.from_bytes(octets, "little", signed=True)


def read_unsigned(octets: bytes) -> int:
    """Types C and D."""
    return int.from_bytes(octets, "little")


def write_integer(value: int, size: int) -> bytes:
    return _integer_octets(value, size, signed=True)


def write_unsigned(value: int, size: int) -> bytes:
    return _integer_octets(value, size, signed=False)


def _integer_octets(value: int, size: int, *, signed: bool) -> bytes:
    try:
        return int(value).to_bytes(size, "little", signed=signed)
    except (OverflowError, ValueError, TypeError) as error:
        raise EncodeError(f"{value!r} does not fit an integer of {size} octets.") from error


def read_bcd(octets: bytes) -> int | None:
    """Type A: two digits an octet; F as the first digit is the minus sign."""
    digits = octets[::-1].hex()
    if digits.isdecimal():
        return int(digits)
    if digits[:1] == "f" and digits[1:].isdecimal():
        return -int(digits[1:])
    return None


def bcd_remarks(octets: bytes) -> tuple[str, ...]:
    if not octets or read_bcd(octets) is not None:
        return ()
    return (f"digits that are no number: {octets[::-1].hex().upper()}",)


def write_bcd(value: int, size: int) -> bytes:
    number = _whole(value)
    digits = f"{number:0{2 * size}d}" if number >= 0 else f"f{-number:0{2 * size - 1}d}"
    if len(digits) > 2 * size:
        raise EncodeError(f"{value!r} has more than the {2 * size} digits of its coding.")
    return bytes.fromhex(digits)[::-1]


def read_negative_bcd(octets: bytes) -> int | None:
    number = read_bcd(octets)
    return None if number is None else -number


def write_negative_bcd(value: int, size: int) -> bytes:
    return write_bcd(-_whole(value), size)


def _whole(value: object) -> int:
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise EncodeError(f"BCD holds whole numbers, not {value!r}.")
    return value


REAL_FORMATS: Final = {4: "<f", 8: "<d"}


def read_real(octets: bytes) -> Decimal | None:
    """IEEE 754 in single or double precision: the shortest decimal number that reads back the same."""
    number: float = struct.unpack(REAL_FORMATS[len(octets)], octets)[0]
    if not math.isfinite(number):
        return None
    return Decimal(repr(number) if len(octets) == 8 else shortest_single(number))


def shortest_single(number: float) -> str:
    """The fewest digits that give the same single precision number; nine always do."""
    for digits in range(6, 9):
        text = f"{number:.{digits}g}"
        if struct.unpack("<f", _single(float(text)))[0] == number:
            return text
    return f"{number:.9g}"


def _single(number: float) -> bytes:
    try:
        return struct.pack("<f", number)
    except OverflowError:  # rounding to few digits may lead past the largest single
        return struct.pack("<f", math.inf)


def real_remarks(octets: bytes) -> tuple[str, ...]:
    number = struct.unpack(REAL_FORMATS[len(octets)], octets)[0]
    if math.isnan(number):
        return ("not a number",)
    return ("infinite",) if math.isinf(number) else ()


def write_real(value: float | Decimal, size: int) -> bytes:
    try:
        return struct.pack(REAL_FORMATS[size], float(value))
    except (struct.error, OverflowError, ValueError, TypeError, KeyError) as error:
        raise EncodeError(f"{value!r} is no IEEE 754 number of {size} octets.") from error
