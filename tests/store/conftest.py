"""A store in a folder of its own, without a thread: whoever brings readings also writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.clock import VirtualClock
from appliance.events import ReadingStored
from appliance.ports import Heard, Missed, ReadingKind, Reason
from appliance.store import Store, StoreOptions
from tests.store.telegrams import heat_meter

SMALL = StoreOptions(ballast=0)
OpenStore = Callable[..., Store]


class Hall:
    """What the store has published, and readings to give to it."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.events: list[object] = []

    def publish(self, event: object) -> None:
        """Take an event."""
        self.events.append(event)

    def stored(self) -> list[tuple[int, int]]:
        """(meter, slot) of every reading acknowledged so far, in order."""
        return [key for event in self.events if isinstance(event, ReadingStored) for key in event.keys]

    def of_kind(self, kind: type[Any]) -> list[Any]:
        """Events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def slot(self, number: int = 0) -> int:
        """A slot of a quarter-hour grid, counted from now."""
        return (int(self.clock.now().timestamp()) // 900 + number) * 900

    def heard(self, meter: int = 1, slot: int | None = None, **fields: Any) -> Heard:  # noqa: ANN401 - any field
        """A reading of a heat meter at this moment."""
        at = self.clock.stamp()
        telegrams = fields.pop("telegrams", (heat_meter(meter),))
        kind = fields.pop("kind", ReadingKind.SCHEDULED)
        chosen = self.slot() if slot is None else slot
        return Heard(meter=meter, slot=chosen, kind=kind, telegrams=telegrams, at=at, **fields)

    def missed(self, meter: int = 1, slot: int | None = None, **fields: Any) -> Missed:  # noqa: ANN401 - any field
        """A slot without a reading."""
        fields = {"kind": ReadingKind.SCHEDULED, "reason": Reason.NO_ANSWER, "detail": "It was silent.", **fields}
        return Missed(meter=meter, slot=self.slot() if slot is None else slot, at=self.clock.stamp(), **fields)


@pytest.fixture
def hall(clock: VirtualClock) -> Hall:
    return Hall(clock)


@pytest.fixture
def open_store(tmp_path: Path, clock: VirtualClock, hall: Hall) -> Iterator[OpenStore]:
    """Opens the store in the test's folder, again and again if need be; closes what is left open."""
    opened: list[Store] = []

    def open_one(**given: Any) -> Store:  # noqa: ANN401 - any argument of `Store.open`
        given = {"clock": clock, "publish": hall.publish, "options": SMALL, "threaded": False, **given}
        store = Store.open(given.pop("folder", tmp_path), **given)
        clock.boot = store.boot
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    return open_store()
