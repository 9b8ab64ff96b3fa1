"""Who orders something, through which door, and what the operation may use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appliance.errors import Kind, RefusedError
from appliance.hub import Job
from appliance.operations.parts import Parts
from appliance.security.doorkeeper import HOW_TO_SET_UP, Identity
from appliance.security.sessions import SessionEntry


@dataclass(frozen=True, slots=True)
class Call:
    """One order of one person or schedule."""

    parts: Parts
    user: str  # "anna", "local:root"
    level: int
    door: str = "local"
    source: str = ""  # address, process
    job: Job | None = None  # set while a long order runs
    full_level: int = 0  # the highest this session may go back to without a password
    must_change_password: bool = False  # nothing else is allowed until it was
    session: SessionEntry | None = None  # in the registry of who is logged in where

    @property
    def who(self) -> str:
        """As it stands beside a change."""
        return self.user or f"{self.door} {self.source}".strip()

    @property
    def zone(self) -> ZoneInfo:
        """The zone times are shown in."""
        return self.parts.settings.time.zone.info

    def as_somebody(self, identity: Identity) -> Call:
        """The session of somebody who logged in."""
        return self._changed(
            user=identity.name,
            level=identity.level,
            full_level=identity.level,
            must_change_password=identity.must_change_password,
        )

    def as_nobody(self) -> Call:
        """The session after a logout."""
        return self._changed(user="", level=0, full_level=0, must_change_password=False)

    def with_own_password(self) -> Call:
        """Everything is allowed that the level allows."""
        return self._changed(must_change_password=False)

    def at_level(self, level: int) -> Call:
        """The same person with more or less to say."""
        return self._changed(level=level, full_level=max(level, self.level, self.full_level))

    def _changed(self, **fields: Any) -> Call:  # noqa: ANN401  # handed on to `replace`
        changed = replace(self, **fields)
        if self.session is not None:
            self.session.user, self.session.level = changed.user, changed.level
        return changed

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
            way_in = "login" if self.parts.doorkeeper.is_set_up else HOW_TO_SET_UP
            raise RefusedError(f"{what} needs level {level}: {way_in}", Kind.LEVEL)
        raise RefusedError(f"{what} needs level {level}, this session has {self.level}: enable {level}", Kind.LEVEL)

    def report(self, done: int, of: int, sentence: str = "") -> None:
        """Say how far a long order is, and end it where somebody broke it off."""
        if self.job is not None:
            self.job.check()
            self.job.report(done, of, sentence)
