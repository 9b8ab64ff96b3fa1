"""A change that waits to be confirmed, as one fact: it outlasts a restart and a crash."""

from __future__ import annotations

from typing import Final

from appliance.store.facts import Facts
from appliance.store.writer import Writer

PENDING: Final = "configuration waiting"


class Pending:
    """At most one, as a sealed text."""

    def __init__(self, facts: Facts, writer: Writer) -> None:
        self._facts = facts
        self._writer = writer

    def get(self) -> str | None:
        """The one that waits, None where there is none."""
        return self._facts.get(PENDING)

    def put(self, text: str | None) -> None:
        """Keep or forget it; durable when this returns."""
        self._writer.order(lambda: self._facts.put(PENDING, text))
