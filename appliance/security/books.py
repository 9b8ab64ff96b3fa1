"""What security keeps, and where: small protocols that the store implements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Door(StrEnum):
    """Where people come in."""

    CONSOLE = "console"  # telnet
    SSH = "ssh"
    HTTP_API = "http_api"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of a user, for SSH."""

    fingerprint: str  # SHA256:...
    text: str  # as in authorized_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with an account."""

    name: str
    level: int
    password: str = field(repr=False)  # as `passwords.Hasher` writes it
    doors: tuple[Door, ...] = tuple(Door)
    must_change_password: bool = False
    enabled: bool = True
    expires: datetime | None = None
    language: str = ""
    email: str = ""
    theme: str = ""
    keys: tuple[Key, ...] = ()
    last_login: datetime | None = None

    def works(self, now: datetime) -> bool:
        """Whether the account is in use."""
        return self.enabled and (self.expires is None or now < self.expires)


class UserBook(Protocol):
    """Where users are kept."""

    def load(self) -> Iterable[User]:
        """All of them, with their keys."""

    def save(self, user: User) -> None:
        """Write one anew, durable when this returns."""

    def delete(self, name: str) -> None:
        """Forget one, with its keys."""

    def logged_in(self, name: str, at: datetime) -> None:
        """Note when somebody came in last."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A password that was tried and was not right."""

    number: int
    account: str  # never the name as typed: people type passwords there
    source: str
    at: float  # seconds by the guard's time
    stranger: bool


class GuessBook(Protocol):
    """Where guesses and known places are kept, so that a restart forgets none."""

    def guesses(self) -> Sequence[Guess]:
        """Oldest first."""

    def add_guess(self, guess: Guess, forget_before: float) -> None:
        """Keep one, drop those too old to count."""

    def take_back(self, guess: Guess) -> None:
        """It was no guess: the password was right."""

    def clear(self, account: str, source: str) -> None:
        """Forget those against an account, and those of a source."""

    def known(self) -> Mapping[tuple[str, str], float]:
        """When each (account, source) came in last."""

    def came_in(self, account: str, source: str, at: float, forget_before: float) -> None:
        """Remember a place, drop those not seen for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that was ordered, as it stands in the audit trail. Secrets are dots by then."""

    who: str
    door: str
    source: str
    what: str
    old: str = ""
    new: str = ""
    result: str = "ok"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An act with its place in the chain."""

    number: int
    at: datetime
    act: Act
    link: str  # hex, from this row and the one before


@dataclass(frozen=True, slots=True)
class Anchor:
    """An end of the chain, kept apart from the rows: the row before the first that is left, or the last one."""

    number: int = 0
    link: str = ""
    seal: str = ""  # only the trail can make it


Append = Callable[[Anchor], tuple[AuditRow, Anchor]]
"""From the last row there is to the next one, and the end that it makes."""


class AuditBook(Protocol):
    """Where the audit trail is kept."""

    def append(self, make: Append) -> None:
        """Write the next row and the new end, durable when this returns."""

    def rows(self, after: int, count: int) -> Sequence[AuditRow]:
        """Oldest first."""

    def newest(self, since: datetime, who: str, count: int) -> Sequence[AuditRow]:
        """Newest first; of one person, or of all where `who` is empty."""

    def newest_change(self, settings: Sequence[str]) -> AuditRow | None:
        """The last order that gave one of these settings another value."""

    def newest_done(self, order: str) -> AuditRow | None:
        """The last time that an order of just these words succeeded."""

    def ends(self) -> tuple[Anchor, Anchor]:
        """What stood before the first row, and the last row written."""

    def octets(self) -> int:
        """Room the rows take."""

    def last_before(self, at: datetime) -> int:
        """Number of the newest row that is older, 0 where none is."""

    def drop_through(self, anchor: Anchor) -> None:
        """Delete the oldest rows up to this one, and keep where the chain begins now."""
