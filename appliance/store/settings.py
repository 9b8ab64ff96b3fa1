"""Where settings that are not at their default are kept; implements `SettingBook`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import peewee

from appliance.clock import Clock
from appliance.store.database import connected
from appliance.store.models import Setting
from appliance.store.writer import Writer


class Settings:
    """Names and values as text."""

    def __init__(self, database: peewee.Database, writer: Writer, clock: Clock, changed: Callable[[], None]) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock
        self._changed = changed

    def load(self) -> Mapping[str, str]:
        """All of them."""
        with connected(self._database):
            return dict(iter(Setting.select(Setting.name, Setting.value).tuples().execute(self._database)))

    def save(self, changes: Mapping[str, str | None], who: str) -> None:
        """Write changes in one transaction, durable when this returns; None restores the default."""
        self._writer.order(lambda: self._save(changes, who))
        self._changed()

    def _save(self, changes: Mapping[str, str | None], who: str) -> None:
        Setting.delete().where(Setting.name.in_(list(changes))).execute(self._database)
        now = int(self._clock.now().timestamp())
        rows = [
            {"name": name, "value": value, "changed": now, "who": who}
            for name, value in changes.items()
            if value is not None
        ]
        for row in rows:
            Setting.insert(**row).execute(self._database)
