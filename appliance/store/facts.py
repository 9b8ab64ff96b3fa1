"""What the store remembers about itself, as names and texts."""

from __future__ import annotations

import peewee

from appliance.store.database import connected
from appliance.store.models import Fact


class Facts:
    """A few rows."""

    def __init__(self, database: peewee.Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """The text of a fact, None where there is none."""
        with connected(self._database):
            found: str | None = Fact.select(Fact.value).where(Fact.name == name).scalar(self._database)
            return found

    def put(self, name: str, value: str | None) -> None:
        """Within a transaction of the writer: remember a fact, or forget it."""
        Fact.delete().where(Fact.name == name).execute(self._database)
        if value is not None:
            Fact.insert(name=name, value=value).execute(self._database)
