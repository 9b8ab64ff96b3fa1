"""Slowed guessing, over all doors together.

```text
strangers       at most `attempts_per_day` guesses a day against one account, ten times as many against all
known places    (account, network) that came in within 30 days: a budget of their own, so that an attack from
                elsewhere never keeps the owner out
local socket    never locked, only slowed
every source    after some wrong passwords a pause that doubles, up to `delay_maximum`
```
A name nobody has is treated in every way as one that somebody has. Days roll: what counts is the last 24 hours. Time
is the monotonic clock's, carried over restarts by what was kept, so that setting the clock renews no budget.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final

from appliance.clock import Clock
from appliance.errors import Kind, RefusedError, StoreError
from appliance.log import stream
from appliance.security.books import Door, Guess, GuessBook

log = stream("security")

DAY: Final = 86400.0
KNOWN_FOR: Final = 30 * DAY
OF_A_KNOWN_PLACE: Final = 100  # guesses a day
ALL_ACCOUNTS: Final = 10  # times what one account may get from strangers
FREE: Final = 3  # wrong passwords without a pause
FIRST_PAUSE: Final = 1.0
MOST_PAUSES: Final = 4096  # sources remembered; the longest silent is forgotten first
IPV6_NETWORK: Final = 64  # one customer of a provider


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings `security.login.*` that the guard obeys."""

    attempts_per_day: int = 200
    delay_maximum: float = 30.0


@dataclass(slots=True)
class Slowness:
    """How a source is slowed."""

    wrong: int
    until: float


@dataclass(frozen=True, slots=True)
class Ticket:
    """A try that was let through; it counts as wrong until it is known to be right."""

    guess: Guess


class Guard:
    """Lets tries through or refuses them. Thread-safe."""

    def __init__(self, book: GuessBook, clock: Clock, limits: Callable[[], Limits], key: bytes) -> None:
        self._book = book
        self._clock = clock
        self._limits = limits
        self._key = key
        self._lock = threading.Lock()
        self._strangers: deque[Guess] = deque()
        self._of: defaultdict[str, deque[Guess]] = defaultdict(deque)  # account -> guesses of strangers
        self._from: defaultdict[tuple[str, str], deque[Guess]] = defaultdict(deque)  # known place -> guesses
        self._slow: OrderedDict[str, Slowness] = OrderedDict()
        self._known = dict(book.known())
        kept = book.guesses()
        newest = max([guess.at for guess in kept] + list(self._known.values()), default=0.0)
        self._numbers = count(max((guess.number for guess in kept), default=0) + 1)
        self._offset = max(clock.now().timestamp(), newest) - clock.monotonic()
        for guess in kept:
            self._count(guess)

    def admit(self, name: str, door: str, source: str) -> Ticket:
        """Let a try through, or refuse it before any work is done."""
        with self._lock:
            now, network = self._now(), network_of(door, source)
            account = self._account(name)
            self._check_pause(network, now)
            stranger = not self.is_known(account, network)
            guess = Guess(next(self._numbers), account, network, now, stranger)
            if network != Door.LOCAL:
                self._check_budget(guess)
                self._keep(lambda: self._book.add_guess(guess, now - DAY))
                self._count(guess)
            self._slow_down(network, now)
            return Ticket(guess)

    def succeeded(self, ticket: Ticket) -> None:
        """The password was right: the place is known from now on."""
        guess = ticket.guess
        with self._lock:
            self._slow.pop(guess.source, None)
            self._remember(guess.account, guess.source)
            if guess.source != Door.LOCAL:
                self._keep(lambda: self._book.take_back(guess))
                self._uncount(guess)

    def welcome(self, name: str, door: str, source: str) -> None:
        """Somebody came in without a password, by a key: their place is known from now on."""
        with self._lock:
            self._remember(self._account(name), network_of(door, source))

    def clear(self, address_or_name: str) -> None:
        """Forget wrong guesses of an address or against an account."""
        with self._lock:
            network, account = network_of("", address_or_name), self._account(address_or_name)
            self._keep(lambda: self._book.clear(account, network))
            self._slow.pop(network, None)
            for guess in [g for g in self._counted() if g.account == account or g.source == network]:
                self._uncount(guess)

    def is_known(self, account: str, network: str) -> bool:
        """Whether an account came in from there within 30 days."""
        return network == Door.LOCAL or self._now() - self._known.get((account, network), -math.inf) <= KNOWN_FOR

    def _now(self) -> float:
        return self._offset + self._clock.monotonic()

    def _account(self, name: str) -> str:
        return hmac.digest(self._key, name.strip().lower().encode("utf-8", "replace"), "sha256")[:16].hex()

    def _check_pause(self, network: str, now: float) -> None:
        slow = self._slow.get(network)
        if slow is not None and now < slow.until:
            raise RefusedError(f"Too many wrong passwords: wait {math.ceil(slow.until - now)} s.", Kind.LIMIT)

    def _check_budget(self, guess: Guess) -> None:
        self._forget_old(guess.at - DAY)
        most = self._limits().attempts_per_day
        if not guess.stranger:
            full = len(self._from[guess.account, guess.source]) >= OF_A_KNOWN_PLACE
        else:
            full = len(self._of[guess.account]) >= most or len(self._strangers) >= most * ALL_ACCOUNTS
        if full:
            raise RefusedError(
                "Too many wrong passwords today: log in where you did before, by SSH key, or at the device itself.",
                Kind.LIMIT,
            )

    def _slow_down(self, network: str, now: float) -> None:
        wrong = (self._slow.pop(network).wrong if network in self._slow else 0) + 1
        pause = 0.0 if wrong < FREE else min(FIRST_PAUSE * 2.0 ** min(wrong - FREE, 12), self._limits().delay_maximum)
        self._slow[network] = Slowness(wrong, now + pause)
        if len(self._slow) > MOST_PAUSES:
            self._slow.popitem(last=False)

    def _remember(self, account: str, network: str) -> None:
        if network != Door.LOCAL:
            now = self._now()
            self._known[account, network] = now
            self._keep(lambda: self._book.came_in(account, network, now, now - KNOWN_FOR))

    def _keep(self, write: Callable[[], None]) -> None:
        """A disk that takes nothing must not keep the owner out: memory counts on."""
        try:
            write()
        except StoreError as error:
            log.warning("A guess or a login was not written down: %s", error)

    def _counted(self) -> list[Guess]:
        return [*self._strangers, *(guess for guesses in self._from.values() for guess in guesses)]

    def _count(self, guess: Guess) -> None:
        if guess.stranger:
            self._strangers.append(guess)
            self._of[guess.account].append(guess)
        else:
            self._from[guess.account, guess.source].append(guess)

    def _uncount(self, guess: Guess) -> None:
        places = (self._strangers, self._of[guess.account]) if guess.stranger else (self._place_of(guess),)
        for guesses in places:
            if guess in guesses:
                guesses.remove(guess)
        self._drop_empty(guess)

    def _place_of(self, guess: Guess) -> deque[Guess]:
        return self._from[guess.account, guess.source]

    def _forget_old(self, before: float) -> None:
        while self._strangers and self._strangers[0].at <= before:
            guess = self._strangers.popleft()
            self._of[guess.account].popleft()
            self._drop_empty(guess)
        for place in [place for place, guesses in self._from.items() if not guesses or guesses[-1].at <= before]:
            del self._from[place]
        for guesses in self._from.values():
            while guesses[0].at <= before:
                guesses.popleft()

    def _drop_empty(self, guess: Guess) -> None:
        if not self._of.get(guess.account, True):
            del self._of[guess.account]


def network_of(door: str, source: str) -> str:
    """What counts as one source: an IPv4 address, an IPv6 network, the local socket; else the door as a whole."""
    if door == Door.LOCAL:
        return Door.LOCAL
    text = source.strip().split(" ")[0].strip("[]")
    for candidate in (text, text.rpartition(":")[0].strip("[]")):
        try:
            address = ipaddress.ip_address(candidate.split("%")[0])
        except ValueError:
            continue
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped is not None:
                return str(address.ipv4_mapped)
            return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
        return str(address)
    return door
