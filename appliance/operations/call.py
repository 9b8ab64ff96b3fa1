"""Who orders something, through which door, and what the operation may use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.errors import Kind, RefusedError
from appliance.hub import Job
from appliance.operations.parts import Parts


@dataclass(frozen=True, slots=True)
class Call:
    """One order of one person or schedule."""

    parts: Parts
    user: str  # "anna", "local:root"
    level: int
    door: str = "local"
    source: str = ""  # address, process
    job: Job | None = None  # set while a long order runs

    @property
    def who(self) -> str:
        """As it stands beside a change."""
        return self.user or f"{self.door} {self.source}".strip()

    @property
    def zone(self) -> ZoneInfo:
        """The zone times are shown in."""
        return self.parts.settings.time.zone.info

    def now(self) -> datetime:
        """The wall clock."""
        return self.parts.clock.now()

    def within(self, job: Job) -> Call:
        """The same call as part of a long order."""
        return replace(self, job=job)

    def need_level(self, level: int, what: str) -> None:
        """Refuse what this person may not do."""
        if self.level >= level:
            return
        if self.level == 0:
            raise RefusedError(f"{what} needs level {level}: login", Kind.LEVEL)
        raise RefusedError(f"{what} needs level {level}, this session has {self.level}: enable {level}", Kind.LEVEL)

    def report(self, done: int, of: int, sentence: str = "") -> None:
        """Say how far a long order is, and end it where somebody broke it off."""
        if self.job is not None:
            self.job.check()
            self.job.report(done, of, sentence)
