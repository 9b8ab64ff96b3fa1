"""What of time a chart shows, and how zooming and panning change that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.settings.subjects.series import ChartPeriod
from tui.shown import length
from tui.text import _
from tui.widgets.chart import Span

HOUR: Final = 3600
DAY: Final = 86400
SHORTEST, LONGEST = HOUR, 3660 * DAY
RANGES: Final = {"d": DAY, "w": 7 * DAY, "m": 31 * DAY, "y": 366 * DAY}
PERIODS: Final = dict(zip(ChartPeriod, RANGES.values(), strict=True))  # both from the shortest on
WORDS: Final = {"d": _("24 h"), "w": _("7 days"), "m": _("31 days"), "y": _("a year")}
HOURS_TO, DAYS_TO = 3 * DAY, 62 * DAY  # longest windows whose bars are hours, days; others have months


@dataclass(frozen=True, slots=True)
class Window:
    """So many seconds, ending so many before now."""

    seconds: int = DAY
    back: int = 0

    def moved(self, ranges: float) -> Window:
        """Earlier by so many of its own length, or later; never beyond now."""
        return replace(self, back=max(0, self.back + round(ranges * self.seconds)))

    def zoomed(self, factor: float) -> Window:
        """Longer or shorter; its middle stays where it is, of one that ends now the end."""
        seconds = max(SHORTEST, min(LONGEST, round(self.seconds * factor)))
        back = self.back + (self.seconds - seconds) // 2 if self.back else 0
        return Window(seconds, max(0, back))

    def span(self, now: datetime, zone: ZoneInfo) -> Span:
        """The moments it begins and ends at."""
        until = int(now.timestamp()) - self.back
        return Span(until - self.seconds, until, zone, ends_now=not self.back)

    @property
    def letter(self) -> str:
        """The key that chooses it; empty where it was zoomed."""
        return next((letter for letter, seconds in RANGES.items() if seconds == self.seconds), "")

    @property
    def words(self) -> str:
        """`24 h`, `7 days`, `12 h 0 min`."""
        return WORDS[self.letter] if self.letter else length(self.seconds)

    @property
    def bars(self) -> str:
        """How long one bar is: hour, day, month."""
        return "hour" if self.seconds <= HOURS_TO else "day" if self.seconds <= DAYS_TO else "month"
