"""Times as people give them in arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.settings.kinds import Duration, Kind, NotTaken
from appliance.settings.kinds.numbers import MILLISECONDS

LENGTH: Final = Duration("s", 0, 366 * MILLISECONDS["d"] // MILLISECONDS["s"])


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as typed: ISO 8601, local unless it has an offset, or relative: `1d` (a day ago), `today`, `now`."""

    text: str

    def at(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The instant meant."""
        if self.text == "now":
            return now
        if self.text == "today":
            return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        ago = _ago(self.text)
        if ago is not None:
            return now - ago
        return _local(datetime.fromisoformat(self.text), zone)


NOW: Final = Moment("now")
TODAY: Final = Moment("today")
A_DAY_AGO: Final = Moment("1d")
A_MONTH_AGO: Final = Moment("31d")


class MomentKind(Kind[Moment]):
    """Times in arguments."""

    word = "time"

    def parse(self, text: str) -> Moment:
        if text not in ("now", "today") and _ago(text) is None:
            try:
                datetime.fromisoformat(text)
            except ValueError:
                raise NotTaken from None
        return Moment(text)

    def format(self, value: Moment) -> str:
        return value.text

    def allowed(self) -> str:
        return "a time such as 2026-11-21T10:15, today, now, or 1d for a day ago"


NEVER: Final = "never"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when something holds, as typed: ISO 8601, local unless it has an offset, or `never`."""

    text: str

    def at(self, zone: ZoneInfo) -> datetime | None:
        """The instant meant; None where there is no end."""
        if self.text == NEVER:
            return None
        return _local(datetime.fromisoformat(self.text), zone)


class DeadlineKind(Kind[Deadline]):
    """Ends in arguments."""

    word = "time"

    def parse(self, text: str) -> Deadline:
        if text != NEVER:
            try:
                datetime.fromisoformat(text)
            except ValueError:
                raise NotTaken from None
        return Deadline(text)

    def format(self, value: Deadline) -> str:
        return value.text

    def allowed(self) -> str:
        return "a time such as 2027-12-31 or 2027-12-31T18:00, or never"


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _ago(text: str) -> timedelta | None:
    try:
        return LENGTH.parse(text) if not text.isdecimal() else None
    except NotTaken:
        return None
