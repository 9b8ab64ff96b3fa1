"""The one who lets people in, whatever door they come to."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NoReturn

from appliance.clock import Clock
from appliance.errors import Kind, RefusedError
from appliance.security.audit import AuditTrail
from appliance.security.books import Act, Door, User
from appliance.security.guard import Guard
from appliance.security.lobby import Lobby
from appliance.security.passwords import Hasher, check_password
from appliance.security.sessions import Sessions
from appliance.security.setup_code import SetupCode
from appliance.security.users import Users, expired, fingerprint_of

ADMINISTRATOR: Final = "admin"
LEVELS: Final = {"1": 1, "2": 2, "3": 3}
PEOPLE: Final = (Door.CONSOLE, Door.SSH, Door.LOCAL)  # where level passwords hold
HOW_TO_SET_UP: Final = "setup CODE, with the code that the device's display and busmeister doctor on it show"
WRONG: Final = "The name or the password is wrong."


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody turned out to be."""

    name: str
    level: int
    must_change_password: bool = False
    doors: tuple[Door, ...] = tuple(Door)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings `security.*` that the doorkeeper obeys."""

    minimum_length: int = 8
    refuse_common: bool = True
    setup_code_life: timedelta = timedelta(0)


class Doorkeeper:
    """Checks names, passwords, keys and the set-up code. Thread-safe; some 50 ms of the caller's thread a check."""

    def __init__(
        self,
        *,
        users: Users,
        guard: Guard,
        hasher: Hasher,
        setup_code: SetupCode,
        sessions: Sessions,
        lobby: Lobby,
        audit: AuditTrail,
        clock: Clock,
        policy: Callable[[], Policy],
        level_password: Callable[[int], str],
    ) -> None:
        self.users = users
        self.guard = guard
        self.sessions = sessions
        self.lobby = lobby
        self.audit = audit
        self._hasher = hasher
        self._setup_code = setup_code
        self._clock = clock
        self._policy = policy
        self._level_password = level_password
        self._setting_up = threading.Lock()

    @property
    def is_set_up(self) -> bool:
        """Whether there is anybody who may come in."""
        return len(self.users) > 0

    @property
    def setup_code(self) -> str:
        """For those at the device; empty once it was used."""
        return "" if self.is_set_up else self._setup_code.shown

    def prepare(self) -> bool:
        """At a start: make the code where nobody is there yet; whether it is a fresh one."""
        if self.is_set_up:
            self._setup_code.discard()
            return False
        self._setup_code.renew_if_old(self._policy().setup_code_life)
        fresh = not self._setup_code.shown
        self._setup_code.make()
        return fresh

    def login(self, name: str, secret: str, *, door: str, source: str) -> Identity:
        """By name and password, or by level (`1`, `2`, `3`) and its password; refuses with LOGIN or LIMIT."""
        if name in LEVELS:
            return self._login_level(LEVELS[name], secret, door, source)
        if not self.is_set_up:
            raise RefusedError(f"Nobody has an account here yet: {HOW_TO_SET_UP}", Kind.CONFLICT)
        ticket = self.guard.admit(name, door, source)
        user = self.users.find(name)
        right = self._hasher.verify(secret, user.password if user else "")
        if user is None or not right:
            self._refuse("login", user.name if user else "unknown name", door, source, WRONG)
        self.guard.succeeded(ticket)
        return self._let_in(user, door, source, "login")

    def knows_key(self, name: str, key_data: bytes, *, door: str = Door.SSH) -> bool:
        """Whether a user has this key (SSH's wire form) and may use the door; nothing is noted."""
        user = self.users.find(name)
        fingerprint = fingerprint_of(key_data)
        return (
            user is not None
            and user.works(self._clock.now())
            and door in user.doors
            and any(key.fingerprint == fingerprint for key in user.keys)
        )

    def login_with_key(self, name: str, key_data: bytes, *, door: str, source: str) -> Identity:
        """By a key whose signature was checked by the door."""
        user = self.users.find(name)
        if user is None or not self.knows_key(name, key_data, door=door):
            self._refuse("login by key", user.name if user else "unknown name", door, source, "The key is not known.")
        self.guard.welcome(user.name, door, source)
        return self._let_in(user, door, source, "login by key")

    def setup(self, code: str, password: str, *, door: str, source: str) -> Identity:
        """The first user, by the code of the device. The door lets only neighbours ask."""
        with self._setting_up:
            if self.is_set_up:
                raise RefusedError("This device is set up already: login", Kind.CONFLICT)
            try:
                self._setup_code.check(code, self._policy().setup_code_life)
            except RefusedError as error:
                if error.kind is Kind.LOGIN:
                    self._refuse("setup", "", door, source, error.sentence)
                raise
            self.check_password(password, ADMINISTRATOR)
            self.users.add(User(name=ADMINISTRATOR, level=3, password=self._hasher.keep(password)))
            self._setup_code.discard()
        self.guard.welcome(ADMINISTRATOR, door, source)
        return self._let_in(self.users.get(ADMINISTRATOR), door, source, "setup")

    def check_setup_code(self, code: str) -> None:
        """Before a password is asked for: refuse a wrong code."""
        if self.is_set_up:
            raise RefusedError("This device is set up already: login", Kind.CONFLICT)
        self._setup_code.check(code, self._policy().setup_code_life)

    def check_password(self, password: str, name: str) -> None:
        """Refuse one that is guessed first."""
        policy = self._policy()
        check_password(password, name, minimum=policy.minimum_length, refuse_common=policy.refuse_common)

    def keep_password(self, user: User, password: str, *, once: bool) -> User:
        """The user with a new password; one to be used `once` must be changed at the first login."""
        self.check_password(password, user.name)
        return replace(user, password=self._hasher.keep(password), must_change_password=once)

    def change_password(self, name: str, password: str) -> None:
        """Of the one who is logged in."""
        user = self.users.get(name)
        if self._hasher.verify(password, user.password):
            raise RefusedError("The new password is the old one: choose another.", Kind.VALUE)
        self.users.change(self.keep_password(user, password, once=False))

    def _login_level(self, level: int, secret: str, door: str, source: str) -> Identity:
        who = f"level {level}"
        ticket = self.guard.admit(who, door, source)
        kept = self._level_password(level)
        self._hasher.verify(secret, "")  # the same work as for a user
        right = hmac.compare_digest(secret.encode("utf-8", "replace"), kept.encode("utf-8", "replace"))
        if not (right and kept and door in PEOPLE):
            self._refuse("login", who, door, source, WRONG)
        self.guard.succeeded(ticket)
        self.audit.add(Act(who=who, door=door, source=source, what="login"))
        return Identity(who, level, doors=PEOPLE)

    def _let_in(self, user: User, door: str, source: str, what: str) -> Identity:
        trouble = expired(user, self._clock.now())
        if door not in user.doors:
            trouble = f"{user.name} may not come in by {door}."
        if trouble:
            self._refuse(what, user.name, door, source, trouble)
        self.users.logged_in(user)
        self.audit.add(Act(who=user.name, door=door, source=source, what=what))
        return Identity(user.name, user.level, user.must_change_password, user.doors)

    def _refuse(self, what: str, who: str, door: str, source: str, sentence: str) -> NoReturn:
        self.audit.add(Act(who=who, door=door, source=source, what=what, result=sentence))
        raise RefusedError(sentence, Kind.LOGIN)
