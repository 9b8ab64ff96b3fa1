"""Where settings that are not at their default are kept, and how they were before; implements `SettingBook`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import peewee

from appliance.clock import Clock
from appliance.store.database import connected, query
from appliance.store.facts import Facts
from appliance.store.models import Setting
from appliance.store.writer import Writer

PAST: Final = "settings before"
STATES: Final = 10
State = dict[str, str]


class Settings:
    """Names and values as text."""

    def __init__(
        self, database: peewee.Database, writer: Writer, facts: Facts, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self._facts = facts
        self._database = database
        self._writer = writer
        self._clock = clock
        self._changed = changed

    def load(self) -> Mapping[str, str]:
        """All of them."""
        with connected(self._database):
            return dict(query(self._database, "SELECT name, value FROM setting"))

    def save(self, changes: Mapping[str, str | None], who: str) -> None:
        """Write changes in one transaction, durable when this returns; None restores the default."""
        self._writer.order(lambda: self._save(changes, who))
        self._changed()

    def past(self) -> Sequence[State]:
        """The states before the last changes as they are kept, secrets sealed, the newest last."""
        states: list[State] = json.loads(self._facts.get(PAST) or "[]")
        return states

    def keep_past(self, states: Sequence[State]) -> None:
        """Instead of those kept: whoever went back goes on from there."""
        self._writer.order(lambda: self._facts.put(PAST, json.dumps(states)))

    def _save(self, changes: Mapping[str, str | None], who: str) -> None:
        self._facts.put(PAST, json.dumps([*self.past(), dict(self.load())][-STATES:]))
        Setting.delete().where(Setting.name.in_(list(changes))).execute(self._database)
        now = int(self._clock.now().timestamp())
        rows = [
            {"name": name, "value": value, "changed": now, "who": who}
            for name, value in changes.items()
            if value is not None
        ]
        for row in rows:
            Setting.insert(**row).execute(self._database)
