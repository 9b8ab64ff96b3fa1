"""What the store remembers about itself, as names and texts."""

from __future__ import annotations

from typing import Final

import peewee

from appliance.store.database import connected, query, run

KEEP: Final = "INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class Facts:
    """A few rows."""

    def __init__(self, database: peewee.Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """The text of a fact, None where there is none."""
        with connected(self._database):
            rows = query(self._database, "SELECT value FROM fact WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def put(self, name: str, value: str | None) -> None:
        """Within a transaction of the writer: remember a fact, or forget it."""
        if value is None:
            run(self._database, "DELETE FROM fact WHERE name = ?", (name,))
        else:
            run(self._database, KEEP, (name, value))
