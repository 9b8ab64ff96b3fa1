"""Whether whoever is there may stay: logged in while there is room, and not refused again and again."""

from __future__ import annotations

from typing import Final

from appliance.errors import Kind
from console.editor.patience import Patience
from console.session import Outcome

TRIES: Final = 3  # logins refused before the connection is closed


class Welcome:
    """Of one session; told how each of its lines ended."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._refused = 0

    def lasts(self, outcome: Outcome, level: int) -> bool:
        """Whether the session goes on at this level."""
        if level:
            self._patience.logged_in()
        self._refused = self._refused + 1 if outcome.kind is Kind.LOGIN else 0
        return not outcome.leave and self._refused < TRIES
