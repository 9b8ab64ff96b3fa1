"""How meters stand: the newest reading of each, and what has failed since. Made to be asked of all meters at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import peewee

from appliance.ports import Heard, Missed
from appliance.store.batch import Batch, Item
from appliance.store.database import connected, query
from appliance.store.newest import NewestBook
from appliance.store.readings import Readings
from appliance.store.rows import REASONS

FAULTS: Final = ", ".join(str(number) for number, reason in enumerate(REASONS) if reason.is_fault)
NOBODY: Final[Mapping[int, Heard]] = MappingProxyType({})
NEVER: Final = -1  # below every slot
FAILED: Final = (  # one walk over the missed slots, whatever the number of meters
    f"SELECT meter, slot FROM missed WHERE slot > ? AND reason IN ({FAULTS}) AND meter IN ({{meters}})"
)
DETAILS: Final = "SELECT meter, detail FROM missed WHERE (slot, meter) IN (VALUES {keys})"
IN_SLOTS: Final = f"SELECT slot, meter FROM missed WHERE slot IN ({{slots}}) AND reason IN ({FAULTS})"


@dataclass(frozen=True, slots=True)
class Failures:
    """Slots that failed through the meter or its line, since it was heard last."""

    times: int = 0
    first: int = 0  # slot
    last: int = 0  # slot
    detail: str = ""  # of the last, one sentence


NO_FAILURES: Final = Failures()


@dataclass(frozen=True, slots=True)
class Stand:
    """How one meter stands."""

    newest: Heard | None = None
    failures: Failures = NO_FAILURES


class Standing:
    """Asks the rows, and what waits to become one."""

    def __init__(
        self,
        database: peewee.Database,
        newest: NewestBook,
        readings: Readings,
        waiting: Callable[[], Iterable[Item]],
    ) -> None:
        self._database = database
        self._newest = newest
        self._readings = readings
        self._waiting = waiting

    def of(self, meters: Collection[int], since: int, live: Mapping[int, Heard] = NOBODY) -> dict[int, Stand]:
        """Each of the meters, of which some were heard `live` alone; failures before `since` are not counted."""
        waiting = Batch.of(item for item in self._waiting() if isinstance(item, Heard | Missed))
        newest = self._newest_of(set(meters), [*waiting.heard.values(), *live.values()])
        heard = {meter: newest[meter].slot if meter in newest else NEVER for meter in meters}
        failures = self._failures(heard, since, waiting) if heard else {}
        return {meter: Stand(newest.get(meter), failures.get(meter, NO_FAILURES)) for meter in meters}

    def failures_in(self, slots: Iterable[int]) -> dict[int, set[int]]:
        """The meters that failed in each of these slots; slots without any are left out."""
        listed, found = _listed(slots), defaultdict[int, set[int]](set)
        if listed:
            with connected(self._database):
                for slot, meter in query(self._database, IN_SLOTS.format(slots=listed)):
                    found[slot].add(meter)
        return found

    def _newest_of(self, meters: set[int], unwritten: Iterable[Heard]) -> dict[int, Heard]:
        by_slot: dict[int, list[int]] = defaultdict(list)
        for meter in meters:
            slot = self._newest.heard(meter)
            if slot is not None:
                by_slot[slot].append(meter)
        stored = (heard for slot, own in by_slot.items() for heard in self._readings.in_slot(slot, own))
        newest = {heard.meter: heard for heard in stored}
        for heard in unwritten:
            if heard.meter in meters and (heard.meter not in newest or heard.slot >= newest[heard.meter].slot):
                newest[heard.meter] = heard
        return newest

    def _failures(self, heard: dict[int, int], since: int, waiting: Batch) -> dict[int, Failures]:
        """Of the meters with the slots they were heard in last."""
        failed: dict[int, dict[int, str]] = {meter: {} for meter in heard}
        after = max(since - 1, min(heard.values()))
        with connected(self._database):
            for meter, slot in query(self._database, FAILED.format(meters=_listed(heard)), (after,)):
                failed[meter][slot] = ""
            waits = ((meter, slot, item) for (slot, meter), item in waiting.missed.items() if item.reason.is_fault)
            for meter, slot, item in waits:
                if meter in failed and slot > after:
                    failed[meter][slot] = item.detail
            own = {m: {slot: failed[m][slot] for slot in sorted(failed[m]) if slot > heard[m]} for m in heard}
            details = self._details({meter: max(slots) for meter, slots in own.items() if slots})
        return {m: _failures(slots, details.get(m, "")) for m, slots in own.items() if slots}

    def _details(self, last: dict[int, int]) -> dict[int, str]:
        if not last:
            return {}
        keys = ", ".join(f"({slot}, {meter})" for meter, slot in last.items())
        return dict(query(self._database, DETAILS.format(keys=keys)))


def _failures(slots: dict[int, str], stored: str) -> Failures:
    """Of slots in their order, each with its sentence where it waits to be written."""
    last = max(slots)
    return Failures(len(slots), min(slots), last, slots[last] or stored)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers)
