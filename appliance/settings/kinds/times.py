"""Schedules and time zones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appliance.cron import FIELDS, PRESETS, Schedule
from appliance.errors import SettingError
from appliance.settings.kinds.base import Kind, NotTaken

HOST: Final = "host"
ZONES: Final = "zoneinfo/"


@dataclass(frozen=True)
class TimeZone:
    """A zone by its IANA name, or `host` for the machine's own."""

    name: str

    @cached_property
    def info(self) -> ZoneInfo:
        """The zone itself."""
        return host_zone() if self.name == HOST else ZoneInfo(self.name)


def host_zone(link: Path = Path("/etc/localtime")) -> ZoneInfo:
    """The zone the machine is set to, UTC where it is set to none that has a name."""
    target = str(link.resolve())
    try:
        return ZoneInfo(target.partition(ZONES)[2] or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


class Zone(Kind[TimeZone]):
    """`host` or an IANA name."""

    word = "time zone"

    def parse(self, text: str) -> TimeZone:
        zone = TimeZone(text)
        try:
            if zone.info is None or not text:
                raise NotTaken
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise NotTaken from None
        return zone

    def format(self, value: TimeZone) -> str:
        return value.name

    def allowed(self) -> str:
        return "host or an IANA name such as Europe/Zurich"


class ScheduleText(Kind[str]):
    """A preset or a cron pattern, kept as typed."""

    word = "schedule"

    def __init__(self, *, presets: bool = True, optional: bool = False) -> None:
        self.presets, self.optional = presets, optional

    def parse(self, text: str) -> str:
        text = " ".join(text.split())
        if not text and self.optional:
            return text
        if text in PRESETS:
            if not self.presets:
                raise NotTaken
        elif len(text.split()) != len(FIELDS) and "|" not in text:
            raise NotTaken
        try:
            Schedule.parse(text)
        except SettingError as error:
            raise NotTaken(error.sentence) from None
        return text

    def allowed(self) -> str:
        pattern = 'a cron pattern of five fields such as "0 * * * *"'
        return f"a preset such as 15min or {pattern}" if self.presets else pattern

    def choices(self) -> tuple[str, ...]:
        return tuple(PRESETS) if self.presets else ()


class CronText(ScheduleText):
    """A cron pattern only."""

    word = "cron"

    def __init__(self, *, optional: bool = False) -> None:
        super().__init__(presets=False, optional=optional)
