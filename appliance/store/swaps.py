"""When meters were replaced by others that go on in their place: a counter makes a jump there that nobody used."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from appliance.meters.meter import Meter
from appliance.store.facts import Facts
from appliance.store.meters import Meters

NAMES: Final = "meter % was replaced"
"""SQL pattern of the facts."""


class Swaps:
    """Seconds UTC, by the number of the meter."""

    def __init__(self, facts: Facts, meters: Meters) -> None:
        self._facts = facts
        self._meters = meters

    def of(self, meter: int) -> Sequence[int]:
        """Every swap of a meter, in order."""
        return [int(second) for second in (self._facts.get(_name(meter)) or "").split()]

    def make(self, successor: Meter, second: int, leaving: Collection[int] = ()) -> None:
        """`successor` goes on under its number, other entries of the list leave, and the swap is noted: all or nothing,
        durable when this returns."""
        self._meters.replace(successor, leaving, partial(self._note, successor.id, second))

    def _note(self, meter: int, second: int) -> None:
        self._facts.put(_name(meter), " ".join(map(str, sorted({*self.of(meter), second}))))


def _name(meter: int) -> str:
    return NAMES.replace("%", str(meter))
