"""When meters were replaced by others that go on in their place: a counter makes a jump there that nobody used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from appliance.store.facts import Facts
from appliance.store.writer import Writer

NAMES: Final = "meter % was replaced"
"""SQL pattern of the facts."""


class Swaps:
    """Seconds UTC, by the number of the meter."""

    def __init__(self, facts: Facts, writer: Writer, changed: Callable[[], None]) -> None:
        self._facts = facts
        self._writer = writer
        self._changed = changed

    def of(self, meter: int) -> Sequence[int]:
        """Every swap of a meter, in order."""
        return [int(second) for second in (self._facts.get(_name(meter)) or "").split()]

    def add(self, meter: int, second: int) -> None:
        """One more; durable when this returns."""
        known = " ".join(map(str, sorted({*self.of(meter), second})))
        self._writer.order(lambda: self._facts.put(_name(meter), known))
        self._changed()


def _name(meter: int) -> str:
    return NAMES.replace("%", str(meter))
