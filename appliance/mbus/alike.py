"""Whether many telegrams are of one layout and sound: each step is a loop inside the interpreter, none in Python."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from operator import and_, eq, itemgetter
from typing import Final
from zlib import adler32

from appliance.mbus.packing import SUMMED
from appliance.mbus.structures import TRAILER

number: Final = int.from_bytes
summed: Final = itemgetter(SUMMED)
checksum: Final = itemgetter(-TRAILER)


def are_alike(telegrams: Sequence[bytes], mask_bits: int, pattern_bits: int) -> bool:
    """Whether all of them match a pattern in the bits of a mask, both as numbers; all have the pattern's length."""
    compared = map(and_, map(number, telegrams), repeat(mask_bits))
    return all(map(eq, compared, repeat(pattern_bits)))


def are_sound(telegrams: Sequence[bytes]) -> bool:
    """Whether the checksum of every long frame is right."""
    sums = map(and_, map(adler32, map(summed, telegrams), repeat(0)), repeat(0xFF))
    return all(map(eq, sums, map(checksum, telegrams)))
