"""Who may connect to the console, and how many at once."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from console.telnet.admission import Lobby, Rules, Visitor, source_of


@pytest.mark.parametrize(
    ("peer", "source"),
    [
        (("10.4.0.7", 4711), "10.4.0.7"),
        (("::ffff:10.4.0.7", 4711, 0, 0), "10.4.0.7"),
        (("fe80::1%eth0", 4711, 0, 2), "fe80::1"),
    ],
)
def test_address_is_plain_whatever_it_came_as(peer: tuple[object, ...], source: str) -> None:
    assert source_of(peer) == ip_address(source)


def test_only_listed_clients_connect() -> None:
    rules = Rules(allow=(ip_network("10.4.0.0/16"), ip_network("fd00::/8")))
    assert rules.lets_in(ip_address("10.4.255.1"))
    assert rules.lets_in(ip_address("fd00::1"))
    assert not rules.lets_in(ip_address("10.5.0.1"))
    assert not rules.lets_in(ip_address("2001:db8::1"))
    assert Rules().lets_in(ip_address("2001:db8::1"))


def enter(lobby: Lobby, number: int) -> Visitor | None:
    return lobby.enter(ip_address(number))


def test_strangers_and_addresses_are_counted() -> None:
    lobby = Lobby(Rules(waiting=3, of_one_address=2))
    first, second = enter(lobby, 1), enter(lobby, 1)
    assert first
    assert second
    assert enter(lobby, 1) is None
    assert enter(lobby, 2)
    assert enter(lobby, 3) is None
    first.leave()
    first.leave()  # twice is once
    assert enter(lobby, 3)
    assert enter(lobby, 4) is None


def test_those_who_logged_in_make_room_for_others_up_to_the_limit() -> None:
    lobby = Lobby(Rules(clients=2, waiting=3))
    visitors = [visitor for number in (1, 2, 3) if (visitor := enter(lobby, number))]
    assert [visitor.log_in() for visitor in visitors] == [True, True, False]
    assert enter(lobby, 4) is None
    visitors[0].leave()
    assert visitors[2].log_in()
    assert enter(lobby, 4) is None
    visitors[1].leave()
    assert enter(lobby, 4)
