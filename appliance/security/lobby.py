"""Everybody who is connected to a door and has not logged in yet, all doors together.

However many hold a place and say nothing, there is one for whoever comes next: the newcomer gets the place of somebody
of the most crowded address, of one that has said nothing before one that has, of the oldest first.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network
from typing import Final

from appliance.security.sources import Source

ONE_SITE: Final = 64  # bits of an IPv6 address that one client does not choose itself


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings `security.login.*` allow."""

    waiting: int = 20  # not yet logged in, all doors together
    of_one_address: int = 4  # logged in or not


@dataclass(eq=False)
class Visitor:
    """One connection that was let in. Thread-safe."""

    origin: str
    hang_up: Callable[[], None] = field(repr=False)  # from any thread
    lobby: Lobby = field(repr=False)
    spoke: bool = False
    inside: bool = False

    def heard(self) -> None:
        """It has said something: it is not one that only holds a place."""
        self.spoke = True

    def logged_in(self) -> None:
        """It holds no stranger's place any more."""
        self.inside = True

    def leave(self) -> None:
        """It has gone; twice is once."""
        self.lobby.forget(self)


class Lobby:
    """Counts connections of every door. Thread-safe."""

    def __init__(self, rules: Callable[[], Rules] = Rules) -> None:
        self._rules = rules
        self._visitors: list[Visitor] = []  # the oldest first
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many have not logged in."""
        return sum(not visitor.inside for visitor in self._visitors)

    def enter(self, source: Source, hang_up: Callable[[], None]) -> Visitor | None:
        """Let a connection of the network in; None where its address has as many as it may, all of them in use."""
        rules = self._rules()
        origin = _origin(source)
        with self._lock:
            others = [visitor for visitor in self._visitors if visitor.origin == origin]
            silent = [visitor for visitor in others if not (visitor.inside or visitor.spoke)]
            if len(others) >= rules.of_one_address and not silent:
                return None
            replaced = silent[0] if len(others) >= rules.of_one_address else self._in_the_way(rules)
            return self._let_in(Visitor(origin, hang_up, self), replaced)

    def enter_locally(self, user: int, hang_up: Callable[[], None]) -> Visitor:
        """Let a process of this machine in; its user is no address, so there may be many."""
        with self._lock:
            return self._let_in(Visitor(f"user {user}", hang_up, self), self._in_the_way(self._rules()))

    def forget(self, visitor: Visitor) -> None:
        """It has gone."""
        with self._lock:
            if visitor in self._visitors:
                self._visitors.remove(visitor)

    def _let_in(self, visitor: Visitor, replaced: Visitor | None) -> Visitor:
        if replaced is not None:
            self._visitors.remove(replaced)
            replaced.hang_up()
        self._visitors.append(visitor)
        return visitor

    def _in_the_way(self, rules: Rules) -> Visitor | None:
        """Whose place a newcomer gets; None where there is one free."""
        waiting = [visitor for visitor in self._visitors if not visitor.inside]
        if len(waiting) < rules.waiting:
            return None
        crowd = Counter(visitor.origin for visitor in waiting)
        return max(waiting, key=lambda one: (crowd[one.origin], not one.spoke))  # the first of equals is the oldest


def _origin(source: Source) -> str:
    """Whom a connection is counted for: in IPv6 a client has a whole network of addresses to itself."""
    if isinstance(source, IPv6Address):
        return str(IPv6Network((source, ONE_SITE), strict=False))
    return str(source)
