"""The shortest decimal number of a single: what `read_real` finds by trying texts, found in a few steps.

Between two powers of two all singles are equally far apart. A power of ten that is no farther apart always names
each of them, and ten times that power often does: seven or eight digits, fewer where the last ones are 0. Every step is
exact, since the 24 bits of a single and those of a power of ten up to 10^10, its twos left aside, fit the 53 of a
double. A number names a single if it is nearer to it than half the way to its neighbour; just half does not.
"""

from __future__ import annotations

from decimal import Context, Decimal
from math import frexp, isfinite
from struct import Struct
from typing import Final, NamedTuple

from appliance.mbus.numerals import read_real

PRECISION: Final = 24  # bits of a single
EXPONENTS: Final = range(-8, 20)  # of two: from 1/512 to below 2^19; beyond, a single is read by trying texts
ROUNDING: Final = 1.5 * 2.0**52  # added to a double and taken off again, it leaves the nearest whole number

pack_single: Final = Struct("<f").pack
times: Final = Context(prec=16).multiply  # of eight digits by a power of ten: never rounds


class Scale(NamedTuple):
    """Makes the digits of a single whole, and takes that back."""

    factor: float
    reach: float  # half the way to the neighbours, made whole alike
    unit: Decimal

    @classmethod
    def of(cls, exponent: int, places: int) -> Scale:
        return cls(10.0**places, 2.0 ** (exponent - PRECISION - 1) * 10.0**places, Decimal(1).scaleb(-places))


def _places(exponent: int) -> int:
    """Decimal places that always name the singles below 2^exponent."""
    apart = Decimal(2) ** (exponent - PRECISION)
    return -apart.adjusted()


SCALES: Final = {  # by the exponent of two: the scale that may do, then the finer one that does
    exponent: (*Scale.of(exponent, _places(exponent) - 1), *Scale.of(exponent, _places(exponent)))
    for exponent in EXPONENTS
}


def real(number: float) -> Decimal | None:
    """What `read_real` makes of the octets of a single, from the single itself."""
    scales = SCALES.get(frexp(number)[1])
    if scales:
        factor, reach, unit, finer_factor, finer_reach, finer_unit = scales
        scaled = number * factor
        whole = scaled + ROUNDING - ROUNDING
        if -reach < whole - scaled < reach:
            if whole % 10:
                return times(int(whole), unit)
            return Decimal(f"{number:.7g}")
        scaled = number * finer_factor
        whole = scaled + ROUNDING - ROUNDING
        if -finer_reach < whole - scaled < finer_reach:
            return times(int(whole), finer_unit)
    if not isfinite(number):
        return None
    return read_real(pack_single(number))
