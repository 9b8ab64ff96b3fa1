"""What the store remembers about itself, as names and texts."""

from __future__ import annotations

import peewee

from appliance.store.database import connected, query, run


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
        run(self._database, "DELETE FROM fact WHERE name = ?", (name,))
        if value is not None:
            run(self._database, "INSERT INTO fact (name, value) VALUES (?, ?)", (name, value))
