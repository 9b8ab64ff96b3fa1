"""Knocking at real addresses: those of this machine, and of a network made for the test."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from threading import Event

import pytest

from drivers.host import knock
from drivers.host.knock import ECHO, knock_at
from drivers.host.reach import HostReach

HERE = "127.0.0.1"
ECHOED = """
from threading import Event
from drivers.host.reach import HostReach
for address in ("127.0.0.1", "::1", "192.0.2.1"):
    for echo in HostReach().ping(address, 1, Event()):
        print(f"{echo.means}, {echo.microseconds is not None}, {echo.sentence}")
"""
NETWORK = 'ip link set lo up && echo 0 0 > /proc/sys/net/ipv4/ping_group_range && "$0" -c "$1"'


@pytest.fixture
def door() -> Iterator[int]:
    """A TCP port of this machine that takes connections."""
    with socket.create_server((HERE, 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def shut() -> int:
    """One that takes none."""
    with socket.create_server((HERE, 0)) as server:
        return int(server.getsockname()[1])


def test_this_machine_answers_to_itself_by_whatever_means_it_has() -> None:
    (echo,) = HostReach().ping(HERE, 1, Event())
    assert echo.microseconds is not None
    assert echo.means == ECHO or echo.means.startswith("TCP port ")


def test_echo_by_icmp_where_the_kernel_lets_everybody_ask() -> None:
    if not (shutil.which("unshare") and shutil.which("ip")):
        pytest.skip("unshare and ip are not here (apt-get install util-linux iproute2)")
    command = ["unshare", "--map-root-user", "--net", "sh", "-c", NETWORK, sys.executable, ECHOED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")
    assert done.stdout.splitlines() == [
        "ICMP echo, True, ",
        "ICMP echo, True, ",
        "ICMP echo, False, network is unreachable",
    ]


def test_without_the_right_to_icmp_a_tcp_connection_tells(monkeypatch: pytest.MonkeyPatch, shut: int) -> None:
    monkeypatch.setattr(knock, "ICMP", {socket.AF_INET: (socket.IPPROTO_TCP, 8, 0)})  # no kernel has such a socket
    monkeypatch.setattr(knock, "DOORS", (shut,))
    (echo,) = HostReach().ping(HERE, 1, Event())
    assert echo.means == f"TCP port {shut}"
    assert echo.microseconds is not None  # the refusal shows that somebody is there


def test_port_that_refuses_does_not_count_as_one_that_takes_connections(door: int, shut: int) -> None:
    reach = HostReach()
    assert reach.connect(HERE, door).microseconds is not None
    assert reach.connect(HERE, shut).microseconds is None
    assert reach.connect(HERE, shut).sentence == "connection refused"


def test_first_answer_of_several_ports_is_taken(door: int) -> None:
    assert knock_at(HERE, [door]).means == f"TCP port {door}"


def test_ping_ends_where_it_is_stopped_and_sends_no_second_one() -> None:
    stop = Event()
    stop.set()
    assert len(list(HostReach().ping(HERE, 1000, stop))) == 1


def test_late_answer_to_an_earlier_echo_is_no_answer() -> None:
    assert knock._answers(bytes.fromhex("0000 0000 0007 0002"), 0, 2)
    assert not knock._answers(bytes.fromhex("0000 0000 0007 0001"), 0, 2)
    assert not knock._answers(bytes.fromhex("0800 0000 0007 0002"), 0, 2)
    assert not knock._answers(b"\x00", 0, 2)


def test_addresses_need_no_name_server() -> None:
    assert HostReach().lookup(HERE).addresses == (HERE,)
    assert HostReach().lookup("::1").addresses == ("::1",)


@pytest.mark.parametrize(
    ("number", "answered"), [(socket.EAI_AGAIN, False), (socket.EAI_NONAME, True), (socket.EAI_NODATA, True)]
)
def test_silent_name_server_is_told_from_one_that_knows_no_such_name(
    monkeypatch: pytest.MonkeyPatch, number: int, answered: bool
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "Why not")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    found = HostReach().lookup("example.org")
    assert (found.addresses, found.server_answered, found.sentence) == ((), answered, "why not")


def test_label_too_long_for_a_name_server_is_no_mistake_of_the_program() -> None:
    assert not HostReach().lookup("a" * 64 + ".example").addresses
