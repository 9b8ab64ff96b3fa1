"""A series without its gaps, for those who switched `series.gap_mark` off."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

Level = Decimal | None


def smoothed(levels: Sequence[Level]) -> list[Level]:
    """Evenly spaced levels: those missing between two known ones lie on the line that joins these, in their digits."""
    known = [place for place, level in enumerate(levels) if level is not None]
    filled = list(levels)
    for before, after in pairwise(known):
        for place in range(before + 1, after):
            filled[place] = _between(levels[before], levels[after], place - before, after - before)
    return filled


def rise(first: Level, last: Level) -> Level:
    """What a counter rose; one that fell stood still."""
    if first is None or last is None:
        return None
    return max(last - first, Decimal(0))


def _between(first: Level, last: Level, step: int, steps: int) -> Level:
    if first is None or last is None:
        return None
    exponent = int(last.as_tuple().exponent)
    return (first + (last - first) * step / steps).quantize(Decimal(1).scaleb(exponent))
