"""The network as the kernel's own tables tell it."""

from __future__ import annotations

from drivers.host.interfaces import addresses_6, domain, name_servers, network, routers

ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0104040A\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0004040A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
"""
ADDRESSES = (
    "fe80000000000000000000fffe000007 02 40 20 80     eth0\n00000000000000000000000000000001 01 80 10 80       lo\n"
)


def test_router_is_the_default_route_alone() -> None:
    assert list(routers(ROUTES)) == ["10.4.4.1 on eth0"]
    assert list(routers("")) == []


def test_addresses_of_one_interface() -> None:
    assert list(addresses_6(ADDRESSES, "eth0")) == ["fe80::ff:fe00:7"]


def test_name_servers_and_nothing_else() -> None:
    assert list(name_servers("# dhcp\nsearch lan\nnameserver 10.4.1.2\nnameserver\n")) == ["10.4.1.2"]


def test_domain_is_the_first_one_of_the_last_line_about_it() -> None:
    assert domain("domain old\nsearch house.example lan\nnameserver 10.4.1.2\n") == "house.example"
    assert domain("search\n") == ""


def test_this_machine_is_read_without_asking_anybody() -> None:
    assert all(one.name != "lo" for one in network().interfaces)
