"""The owner gets in while strangers guess: how long the password check keeps him waiting, in virtual time."""

from __future__ import annotations

import heapq
import random
from typing import Final

from appliance.clock import VirtualClock
from appliance.errors import RefusedError
from appliance.security.guard import Guard, Limits
from appliance.security.lobby import Rules
from appliance.security.passwords import AT_ONCE
from tests.security.books import GuessesInMemory

GUESSES: Final = 100_000
ONE_CHECK: Final = 0.15  # seconds of scrypt on a slow board
OWNER_EVERY: Final = 500  # guesses
PATIENCE: Final = 2.0


class Checks:
    """Password checks on as many places as there are, first come first served."""

    def __init__(self) -> None:
        self._free = [0.0] * AT_ONCE
        self.unfinished: list[float] = []

    def begin(self, now: float) -> float:
        """When one that comes now is done."""
        done = max(heapq.heappop(self._free), now) + ONE_CHECK
        heapq.heappush(self._free, done)
        heapq.heappush(self.unfinished, done)
        return done

    def settle(self, clock: VirtualClock, most: int) -> None:
        """Wait until fewer than `most` are unfinished."""
        while len(self.unfinished) >= most or (self.unfinished and self.unfinished[0] <= clock.monotonic()):
            clock.advance_to(heapq.heappop(self.unfinished))


def test_owner_from_a_known_place_is_in_within_two_seconds_among_hundred_thousand_guesses(clock: VirtualClock) -> None:
    guard, checks, chance = Guard(GuessesInMemory(), clock, Limits, b"k" * 32), Checks(), random.Random(1)
    guard.succeeded(guard.admit("anna", "ssh", "10.4.0.7"))
    waits, reached = [], 0
    for number in range(GUESSES):
        checks.settle(clock, Rules().waiting)  # strangers who have not logged in hold no more places than these
        clock.advance(seconds=0.01)
        try:
            guard.admit(
                chance.choice(("anna", "admin", "bert")),
                "ssh",
                f"203.{number >> 16}.{number >> 8 & 255}.{number & 255}",
            )
            checks.begin(clock.monotonic())
            reached += 1
        except RefusedError:
            pass  # costs no check
        if number % OWNER_EVERY == 0:
            ticket = guard.admit("anna", "ssh", "10.4.0.7")
            waits.append(checks.begin(clock.monotonic()) - clock.monotonic())
            guard.succeeded(ticket)
    assert reached == 3 * Limits().attempts_per_day
    assert max(waits) <= PATIENCE
