"""How people like their screens, as texts that only the screens understand."""

from __future__ import annotations

from appliance.store.facts import Facts
from appliance.store.writer import Writer


class Views:
    """One text for each person and screen."""

    def __init__(self, facts: Facts, writer: Writer) -> None:
        self._facts = facts
        self._writer = writer

    def get(self, who: str, screen: str) -> str:
        """Empty where nothing was kept."""
        return self._facts.get(_name(who, screen)) or ""

    def keep(self, who: str, screen: str, text: str) -> None:
        """Instead of what was kept; durable when this returns."""
        self._writer.order(lambda: self._facts.put(_name(who, screen), text))


def _name(who: str, screen: str) -> str:
    return f"view {screen} {who}"
