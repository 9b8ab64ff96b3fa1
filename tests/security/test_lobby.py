"""Strangers at the doors: counted over all of them, and never so many that nobody new gets in."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from appliance.security.lobby import Lobby, Rules, Visitor
from appliance.security.sources import is_allowed, source_of


@pytest.mark.parametrize(
    ("peer", "source"),
    [("10.4.0.7", "10.4.0.7"), ("::ffff:10.4.0.7", "10.4.0.7"), ("fe80::1%eth0", "fe80::1")],
)
def test_address_is_plain_whatever_it_came_as(peer: str, source: str) -> None:
    assert source_of(peer) == ip_address(source)


def test_only_listed_addresses_are_allowed_and_an_empty_list_allows_all() -> None:
    allow = (ip_network("10.4.0.0/16"), ip_network("fd00::/8"))
    assert is_allowed(ip_address("10.4.255.1"), allow)
    assert is_allowed(ip_address("fd00::1"), allow)
    assert not is_allowed(ip_address("10.5.0.1"), allow)
    assert not is_allowed(ip_address("2001:db8::1"), allow)
    assert is_allowed(ip_address("2001:db8::1"), ())


class House:
    """A lobby, and who was hung up on."""

    def __init__(self, waiting: int = 4, of_one_address: int = 2) -> None:
        self.lobby = Lobby(lambda: Rules(waiting, of_one_address))
        self.hung_up: list[str] = []

    def enter(self, address: str, name: str = "") -> Visitor | None:
        return self.lobby.enter(ip_address(address), lambda: self.hung_up.append(name or address))

    def let_in(self, address: str, name: str = "") -> Visitor:
        visitor = self.enter(address, name)
        assert visitor is not None
        return visitor


def test_newcomer_to_a_full_house_gets_the_place_of_the_oldest_silent_one() -> None:
    house = House()
    for number in range(1, 6):
        house.let_in(f"192.0.2.{number}")
    assert house.hung_up == ["192.0.2.1"]
    assert house.lobby.waiting == 4


def test_the_most_crowded_address_gives_way_before_older_ones() -> None:
    house = House()
    for address, name in (
        ("192.0.2.1", "one"),
        ("198.51.100.9", "crowd-1"),
        ("198.51.100.9", "crowd-2"),
        ("192.0.2.2", "two"),
    ):
        house.let_in(address, name)
    house.let_in("203.0.113.1")
    assert house.hung_up == ["crowd-1"]


def test_who_has_said_something_stays_before_who_is_silent() -> None:
    house = House(waiting=2)
    house.let_in("192.0.2.1", "types a password").heard()
    house.let_in("192.0.2.2", "silent")
    house.let_in("192.0.2.3")
    assert house.hung_up == ["silent"]


def test_one_address_cannot_take_more_than_its_share() -> None:
    house = House()
    first = house.let_in("192.0.2.1", "first")
    house.let_in("192.0.2.1", "second").heard()
    house.let_in("192.0.2.1", "third").heard()
    assert house.hung_up == ["first"]
    assert house.enter("192.0.2.1") is None, "both of its places are in use"
    first.leave()
    assert house.enter("192.0.2.1") is None, "the first had no place any more"
    assert house.enter("192.0.2.2")


def test_network_of_one_ipv6_client_is_one_address() -> None:
    house = House()
    for last in (1, 2):
        house.let_in(f"2001:db8:0:1::{last}").heard()
    assert house.enter("2001:db8:0:1::3") is None
    assert house.enter("2001:db8:0:2::3")


def test_who_has_logged_in_holds_no_place_but_counts_for_the_address() -> None:
    house = House(waiting=2)
    for _ in range(2):
        house.let_in("192.0.2.1").logged_in()
    assert house.lobby.waiting == 0
    assert house.enter("192.0.2.1") is None
    house.let_in("192.0.2.2")
    house.let_in("192.0.2.3")
    assert house.hung_up == []


def test_leaving_twice_is_leaving_once() -> None:
    house = House()
    first = house.let_in("192.0.2.1")
    first.leave()
    house.let_in("192.0.2.1")
    first.leave()
    assert house.lobby.waiting == 1


def test_doors_of_this_machine_share_the_house_but_its_users_are_no_addresses() -> None:
    house = House(waiting=3, of_one_address=1)
    for number in range(3):
        house.lobby.enter_locally(0, lambda number=number: house.hung_up.append(f"local {number}"))  # type: ignore[misc]  # a number each
    assert house.hung_up == []
    house.let_in("192.0.2.1")
    house.lobby.enter_locally(0, lambda: None)
    assert house.hung_up == ["local 0", "local 1"]
