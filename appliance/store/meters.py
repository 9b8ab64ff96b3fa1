"""The meter list, in memory as the engine asks for it and in the database as it stays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import peewee

from appliance.clock import Clock
from appliance.errors import Kind, RefusedError, StoreError
from appliance.events import MetersChanged
from appliance.log import stream
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Addressing, Initialization, Meter, MultiTelegram
from appliance.ports import Heard, Missed, ReadingKind
from appliance.store.database import change, connected, query
from appliance.store.erasure import Erasure
from appliance.store.models import MeterRow
from appliance.store.newest import NewestBook
from appliance.store.readings import Readings
from appliance.store.rows import EPOCH
from appliance.store.writer import Writer

log = stream("store")

GIVEN: Final = "meter"  # the counter of numbers given
GIVE: Final = "INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
COPIED: Final = (
    *("id", "name", "segment", "primary_address", "location", "cost_centre", "group", "comment", "baud_rate"),
    *("schedule", "multi_telegram_limit", "application_reset_subcode"),
)
COLUMNS: Final = (
    *COPIED,
    *("addressing", "secondary_address", "fabrication", "multi_telegram", "initialization", "response_timeout"),
    *("active", "battery", "store"),
)
LISTED: Final = "SELECT {} FROM meter ORDER BY id".format(", ".join(f'"{name}"' for name in COLUMNS))


class Meters:
    """The list; implements `MeterBook`."""

    def __init__(
        self,
        database: peewee.Database,
        writer: Writer,
        readings: Readings,
        newest: NewestBook,
        erasure: Erasure,
        clock: Clock,
        publish: Callable[[object], None],
        changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._writer = writer
        self._readings = readings
        self._newest = newest
        self._erasure = erasure
        self._clock = clock
        self._publish = publish
        self._changed = changed
        self._meters: dict[int, Meter] = {}
        self._highest = 0  # number ever given
        self._lock = threading.Lock()

    def load(self) -> None:
        """Take the list out of the database."""
        with connected(self._database):
            rows = [dict(zip(COLUMNS, row, strict=True)) for row in query(self._database, LISTED)]
            self._meters = {row["id"]: from_row(row) for row in rows}
            self._highest = self._given()

    def all(self) -> list[Meter]:
        """Every meter, by number."""
        with self._lock:
            return [self._meters[number] for number in sorted(self._meters)]

    def find(self, number: int) -> Meter | None:
        """The meter with this number."""
        return self._meters.get(number)

    def meters(self, segment: str) -> Sequence[Meter]:
        """Active meters of a segment, in their order."""
        return [meter for meter in self.all() if meter.active and meter.segment == segment]

    def answered(self, slot: int, meters: Iterable[int]) -> set[int]:
        """Those of `meters` that have a reading in `slot` already, written or waiting to be."""
        asked = set(meters)
        waiting = {heard.meter for heard in self._waiting() if heard.slot == slot}
        try:
            return self._readings.answered(slot, asked) | (waiting & asked)
        except StoreError as error:  # the round goes on: a reading made twice is kept once
            log.warning("It is not known which meters have answered already: %s", error)
            return waiting & asked

    def ended(self, meter: int) -> int | None:
        """The newest scheduled slot of a meter that ended, in a reading or a reason; None where none did."""
        waiting = [
            item.slot
            for item in self._writer.waiting()
            if isinstance(item, Heard | Missed) and item.meter == meter and item.kind is ReadingKind.SCHEDULED
        ]
        return max([*waiting, self._newest.ended(meter) or 0]) or None

    def newest(self, meter: int) -> bytes | None:
        """The newest telegram kept of a meter, to tell a repeated answer after a restart."""
        try:
            heard = self._readings.newest(meter)
        except StoreError as error:  # the round goes on: at worst an answer is taken for a repeated one
            log.warning("The newest telegram of meter %d cannot be read: %s", meter, error)
            return None
        return heard.telegrams[-1] if heard and heard.telegrams else None

    def installed(self, number: int) -> datetime | None:
        """When a meter came into the list."""
        with connected(self._database):
            query = MeterRow.select(MeterRow.installed).where(MeterRow.id == number)
            seconds = query.scalar(self._database)
        return None if seconds is None else datetime.fromtimestamp(seconds, EPOCH.tzinfo)

    def next_number(self) -> int:
        """The number that the next meter added without one gets; that of a deleted meter is never given again."""
        return self._highest + 1

    def add(self, *meters: Meter) -> list[Meter]:
        """Add meters, all or none; those with id 0 get the next free number. Durable when this returns."""
        added = self._writer.order(lambda: self._add(meters))
        self._took(added)
        return added

    def change(self, *meters: Meter) -> None:
        """Write meters anew under their number, all or none."""
        self._writer.order(lambda: self._change(meters))
        self._took(meters)

    def delete(self, *numbers: int, keep_values: bool = True) -> None:
        """Take meters off the list. Values that are not kept are condemned at once; `Erasure.finish` deletes them."""
        self._writer.order(lambda: self._delete(numbers, keep_values=keep_values))
        if not keep_values:
            self._erasure.forget(numbers)
        self._left(numbers)

    def replace(self, successor: Meter, leaving: Collection[int], note: Callable[[], None]) -> None:
        """Write a meter anew, take others off the list and keep their values, and `note` it: all or nothing."""

        def write() -> None:
            self._change([successor])
            self._delete(leaving, keep_values=True)
            note()

        self._writer.order(write)
        if leaving:
            self._left(leaving)
        self._took([successor])

    def _waiting(self) -> list[Heard]:
        return [item for item in self._writer.waiting() if isinstance(item, Heard)]

    def _add(self, meters: Sequence[Meter]) -> list[Meter]:
        added: list[Meter] = []
        highest, installed = self._given(), int(self._clock.now().timestamp())
        for meter in meters:
            if meter.id in self._meters:
                raise RefusedError(f"There is a meter {meter.id} already.", Kind.CONFLICT)
            if meter.id and self._erasure.is_condemned(meter.id):
                raise RefusedError(f"There was a meter {meter.id}, whose values are being deleted.", Kind.CONFLICT)
            added.append(replace(meter, id=meter.id or highest + 1))
            highest = max(highest, added[-1].id)
        for meter in added:
            MeterRow.insert(**to_row(meter), installed=installed).execute(self._database)
        change(self._database, GIVE, (GIVEN, highest))
        return added

    def _delete(self, numbers: Collection[int], *, keep_values: bool) -> None:
        MeterRow.delete().where(MeterRow.id.in_(numbers)).execute(self._database)
        if not keep_values:
            self._erasure.condemn(numbers)

    def _given(self) -> int:
        """The highest number ever given, also where the database began anew from an older copy."""
        counted = query(self._database, "SELECT value FROM counter WHERE name = ?", (GIVEN,))
        return max(self._highest, *(int(number) for (number,) in counted), *self._meters, 0)

    def _change(self, meters: Sequence[Meter]) -> None:
        for meter in meters:
            if meter.id not in self._meters:
                raise RefusedError(f"There is no meter {meter.id}.", Kind.NOT_FOUND)
            row = to_row(meter)
            MeterRow.update(**row).where(MeterRow.id == row.pop("id")).execute(self._database)

    def _left(self, numbers: Collection[int]) -> None:
        with self._lock:
            self._meters = {number: meter for number, meter in self._meters.items() if number not in numbers}
        self._changed()
        self._publish(MetersChanged(frozenset(numbers)))

    def _took(self, meters: Sequence[Meter]) -> None:
        with self._lock:
            self._meters = self._meters | {meter.id: meter for meter in meters}
            self._highest = max(self._highest, *self._meters, 0)
        self._changed()
        self._publish(MetersChanged(frozenset(meter.id for meter in meters)))


def to_row(meter: Meter) -> dict[str, Any]:
    """The columns of a meter."""
    row: dict[str, Any] = {name: getattr(meter, name) for name in COPIED}
    address = meter.secondary_address
    row |= {
        "addressing": meter.addressing.value,
        "secondary_address": str(address) if address else None,
        "fabrication": address.fabrication if address else None,
        "multi_telegram": meter.multi_telegram.value,
        "initialization": meter.initialization.value,
        "response_timeout": round(meter.response_timeout * 1000),
    }
    return row | {name: int(getattr(meter, name)) for name in ("active", "battery", "store")}


def from_row(row: dict[str, Any]) -> Meter:
    """The way back."""
    address = SecondaryAddress.parse(row["secondary_address"]) if row["secondary_address"] else None
    return Meter(
        **{name: row[name] for name in COPIED},
        addressing=Addressing(row["addressing"]),
        secondary_address=replace(address, fabrication=row["fabrication"]) if address else None,
        multi_telegram=MultiTelegram(row["multi_telegram"]),
        initialization=Initialization(row["initialization"]),
        response_timeout=row["response_timeout"] / 1000,
        active=bool(row["active"]),
        battery=bool(row["battery"]),
        store=bool(row["store"]),
    )
