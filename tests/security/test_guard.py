"""Guessing is slowed over all doors together, and the owner is never kept out by it."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from appliance.clock import VirtualClock
from appliance.errors import Kind, RefusedError
from appliance.security.guard import Guard, Limits, network_of
from tests.security.books import GuessesInMemory

KEY = b"k" * 32
GUESSES = 100_000
DOORS = ("console", "ssh", "http_api")


def guard_of(book: GuessesInMemory, clock: VirtualClock) -> Guard:
    return Guard(book, clock, Limits, KEY)


def admitted(guard: Guard, name: str, source: str, door: str = "console") -> bool:
    """Whether a wrong password would cost anything."""
    try:
        guard.admit(name, door, source)
    except RefusedError as error:
        return error.kind is not Kind.LIMIT
    return True


def test_hundred_thousand_guesses_from_many_addresses_reach_an_account_200_times_a_day(clock: VirtualClock) -> None:
    guard = guard_of(GuessesInMemory(), clock)
    guard.succeeded(guard.admit("anna", "ssh", "10.4.0.7"))
    chance = random.Random(1)
    reached: Counter[int] = Counter()
    for number in range(GUESSES):
        source = f"203.0.{chance.randrange(256)}.{chance.randrange(256)}"
        day = number * 3 // GUESSES
        reached[day] += admitted(guard, "anna", source, chance.choice(DOORS))
        clock.advance(seconds=3 * 86400 / GUESSES)
    assert all(count <= 200 for count in reached.values()), reached
    assert sum(reached.values()) > 500
    guard.succeeded(guard.admit("anna", "ssh", "10.4.0.7"))  # the owner is in at once


def test_day_rolls_so_that_midnight_renews_no_budget(clock: VirtualClock) -> None:
    guard = guard_of(GuessesInMemory(), clock)
    tried = []
    for number in range(300):
        clock.advance(seconds=200)
        tried.append(admitted(guard, "anna", f"203.0.113.{number % 250}"))
    assert sum(tried) == 200
    clock.advance(hours=8)
    tried = [admitted(guard, "anna", f"198.51.{n}.1") for n in range(250)]
    assert 0 < sum(tried) < 200


def test_names_that_nobody_has_are_treated_alike_and_share_one_budget_with_all(clock: VirtualClock) -> None:
    guard = guard_of(GuessesInMemory(), clock)
    tried = [admitted(guard, f"user{n % 50}", f"203.{n // 250}.113.{n % 250}") for n in range(5000)]
    assert sum(tried) == 2000


def test_source_with_wrong_passwords_waits_ever_longer_but_not_for_ever(clock: VirtualClock) -> None:
    guard = guard_of(GuessesInMemory(), clock)
    pauses = []
    for _ in range(9):
        waited = 0
        while not admitted(guard, "anna", "203.0.113.5"):
            clock.advance(seconds=1)
            waited += 1
        pauses.append(waited)
    assert pauses == [0, 0, 0, 1, 2, 4, 8, 16, 30]


def test_restart_and_a_clock_that_is_set_renew_no_budget(clock: VirtualClock) -> None:
    book = GuessesInMemory()
    guard = guard_of(book, clock)
    assert sum(admitted(guard, "anna", f"203.0.113.{n}") for n in range(250)) == 200
    same = guard_of(book, clock)
    assert not admitted(same, "anna", "203.0.113.251")
    clock.step(clock.now().replace(year=2027) - clock.now())
    assert not admitted(same, "anna", "203.0.113.252")


def test_known_place_stays_known_over_a_restart_for_thirty_days(clock: VirtualClock) -> None:
    book = GuessesInMemory()
    guard = guard_of(book, clock)
    guard.succeeded(guard.admit("anna", "ssh", "10.4.0.7"))
    clock.advance(days=29)
    for n in range(250):
        admitted(guard, "anna", f"203.0.113.{n}")
    assert admitted(guard_of(book, clock), "anna", "10.4.0.7")
    clock.advance(days=31)
    late = guard_of(book, clock)
    for n in range(250):
        admitted(late, "anna", f"203.0.113.{n}")
    assert not admitted(late, "anna", "10.4.0.7")


def test_known_place_has_a_budget_of_its_own(clock: VirtualClock) -> None:
    guard = guard_of(GuessesInMemory(), clock)
    guard.succeeded(guard.admit("anna", "ssh", "10.4.0.7"))
    tried = []
    for _ in range(300):
        clock.advance(seconds=31)
        tried.append(admitted(guard, "anna", "10.4.0.7"))
    assert sum(tried) == 100
    assert admitted(guard, "anna", "203.0.113.9")


def test_local_socket_is_slowed_and_never_locked(clock: VirtualClock) -> None:
    guard = guard_of(GuessesInMemory(), clock)
    for _ in range(1000):
        assert admitted(guard, "anna", "process 7", "local")
        clock.advance(seconds=31)
    assert admitted(guard, "anna", "process 8", "local")
    assert not admitted(guard, "anna", "process 9", "local") or not admitted(guard, "anna", "process 9", "local")


def test_administrator_forgets_guesses_of_an_account(clock: VirtualClock) -> None:
    guard = guard_of(GuessesInMemory(), clock)
    for n in range(250):
        admitted(guard, "anna", f"203.0.113.{n}")
    guard.clear("anna")
    assert admitted(guard, "anna", "198.51.100.1")


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("10.4.0.7", "10.4.0.7"),
        ("10.4.0.7:5123", "10.4.0.7"),
        ("::ffff:10.4.0.7", "10.4.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:5123", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a pipe", "console"),
    ],
)
def test_one_customer_of_a_provider_is_one_source(source: str, network: str) -> None:
    assert network_of("console", source) == network
