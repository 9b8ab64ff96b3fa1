"""Whether the internet is reached: looked at on a schedule, shown by every overview (settings.md §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.operations.network_steps import Outcome, beyond
from appliance.ports import Network, Reach
from appliance.settings.subjects.network import InternetCheck


@dataclass(frozen=True, slots=True)
class Access:
    """What a look found."""

    reached: bool
    at: datetime
    sentence: str


class InternetWatch:
    """Remembers the last look."""

    def __init__(self) -> None:
        self._last: Access | None = None

    def look(self, check: InternetCheck, network: Network, reach: Reach, now: datetime) -> None:
        """Resolve the time server's name, or contact the target; waits as long as the system's resolver."""
        if check.enabled:
            *_, step = beyond(network, reach, check.target)
            self._last = Access(step.outcome is Outcome.OK, now, step.sentence)

    def found(self, check: InternetCheck) -> Access | None:
        """What the last look found; None before the first one, and where nobody is to look."""
        return self._last if check.enabled else None

    def words(self, check: InternetCheck) -> str:
        """The same in a sentence."""
        found = self.found(check)
        if found is None:
            return "not looked at yet" if check.enabled else "not checked: network.internet_check.enabled is false"
        return "reached" if found.reached else f"not reached: {found.sentence}"
