"""What goes to the disk in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from appliance.events import RoundProgress
from appliance.log import Entry
from appliance.ports import Heard, Missed
from appliance.store.turns import Turn

Item = Heard | Missed | Entry | RoundProgress | Turn
Key = tuple[int, int]
"""(slot, meter) of a reading."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Items sorted by kind; a slot that was heard is not missed, and the first reading of a slot counts."""

    heard: dict[Key, Heard] = field(default_factory=dict)
    missed: dict[Key, Missed] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    rounds: list[RoundProgress] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    @classmethod
    def of(cls, items: Iterable[Item]) -> Batch:
        """Sort what came in, in the order it came."""
        batch = cls()
        for item in items:
            match item:
                case Heard():
                    batch.heard.setdefault((item.slot, item.meter), item)
                case Missed():
                    batch.missed[item.slot, item.meter] = item
                case Entry():
                    batch.entries.append(item)
                case RoundProgress():
                    batch.rounds.append(item)
                case Turn():
                    batch.turns.append(item)
        for key in batch.heard.keys() & batch.missed.keys():
            del batch.missed[key]
        return batch

    def without(self, meters: Collection[int]) -> Batch:
        """The same without readings and reasons of these meters."""
        if not meters:
            return self
        heard = {key: item for key, item in self.heard.items() if item.meter not in meters}
        missed = {key: item for key, item in self.missed.items() if item.meter not in meters}
        return replace(self, heard=heard, missed=missed)
