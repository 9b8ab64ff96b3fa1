"""Schedules and time zones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appliance.settings.kinds.base import Kind, NotTaken

HOST: Final = "host"
ZONES: Final = "zoneinfo/"
CRON_FIELDS: Final = 5
PRESETS: Final = (
    *("10s", "30s", "1min", "2min", "3min", "4min", "5min", "10min", "15min", "20min", "30min", "45min", "60min"),
    *("90min", "120min", "150min", "3h", "6h", "12h", "18h", "24h", "48h", "168h", "672h"),
)


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


class Schedule(Kind[str]):
    """A preset or a cron pattern, kept as typed. The scheduler's own parser judges it when it is set."""

    word = "schedule"

    def __init__(self, *, presets: bool = True, optional: bool = False) -> None:
        self.presets, self.optional = presets, optional

    def parse(self, text: str) -> str:
        text = " ".join(text.split())
        if not text and not self.optional:
            raise NotTaken
        cron = all(len(pattern.split()) == CRON_FIELDS for pattern in text.split("|"))
        if text and not cron and not (self.presets and text in PRESETS):
            raise NotTaken
        return text

    def allowed(self) -> str:
        cron = 'a cron pattern of five fields such as "0 * * * *"'
        return f"a preset such as 15min or {cron}" if self.presets else cron

    def choices(self) -> tuple[str, ...]:
        return PRESETS if self.presets else ()


class Cron(Schedule):
    """A cron pattern only."""

    word = "cron"

    def __init__(self, *, optional: bool = False) -> None:
        super().__init__(presets=False, optional=optional)
