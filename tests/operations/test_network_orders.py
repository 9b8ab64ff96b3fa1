"""The network is examined step by step, and hosts are pinged, through a port that tests play."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import Event

import pytest

from appliance.errors import Kind, RefusedError
from appliance.hub import JobState
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.ports import Echo, Interface, Lookup, Network
from tests.operations.orders import cells, order, started
from tests.operations.world import World

ROUTER = "10.4.1.1"
TIME_SERVER = "192.0.2.7"
NAMES = {
    "pool.ntp.org": Lookup(addresses=(TIME_SERVER,)),
    "example.org": Lookup(addresses=("192.0.2.8", "2001:db8::8")),
}
NO_SUCH_NAME = Lookup(sentence="name or service not known")
NO_SERVER = Lookup(server_answered=False, sentence="temporary failure in name resolution")


@dataclass
class Surroundings:
    """Who is there: names with their addresses, addresses that answer to a knock, ports that take connections."""

    names: dict[str, Lookup] = field(default_factory=lambda: dict(NAMES))
    there: set[str] = field(default_factory=lambda: {ROUTER, TIME_SERVER, "192.0.2.8"})
    ports: set[tuple[str, int]] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    second_knock: Event = field(default_factory=Event)  # is waited for until the job is broken off
    endless: bool = False

    def lookup(self, host: str) -> Lookup:
        self.asked.append(f"lookup {host}")
        return self.names.get(host, NO_SUCH_NAME)

    def ping(self, address: str, count: int, stop: Event) -> Iterator[Echo]:
        self.asked.append(f"ping {address}")
        for number in range(count):
            if self.endless and number:
                self.second_knock.set()
                assert stop.wait(10)
                return
            yield self._answer(address in self.there, "ICMP echo", 1250 + number)

    def connect(self, address: str, port: int) -> Echo:
        self.asked.append(f"connect {address} {port}")
        return self._answer((address, port) in self.ports, f"TCP port {port}", 900)

    @staticmethod
    def _answer(there: bool, means: str, microseconds: int) -> Echo:
        return Echo(means=means, microseconds=microseconds) if there else Echo(means=means, sentence="no answer")


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()


def interface(*addresses: str, connected: bool = True) -> Interface:
    return Interface(name="eth0", connected=connected, mac="", addresses=addresses, received=0, sent=0)


def at(
    world: World, around: Surroundings, *, own: Interface | None = None, routers: tuple[str, ...] | None = None
) -> Call:
    """A person of level 2 on a machine in these surroundings."""
    network = Network(
        (own or interface("10.4.1.20", "fe80::7"),),
        (f"{ROUTER} on eth0",) if routers is None else routers,
        ("10.4.1.2",),
    )
    return replace(world.person(2), parts=replace(world.parts, network=lambda: network, reach=around))


def states(answer: Answer) -> list[object]:
    assert cells(answer, "step") == ["address", "router", "name server", "internet"]
    return cells(answer, "state")


def test_test_goes_from_the_own_address_to_the_internet(world: World, around: Surroundings) -> None:
    answer = order(at(world, around), "network test")
    assert states(answer) == ["ok", "ok", "ok", "ok"]
    assert cells(answer, "finding") == [
        "10.4.1.20 on eth0",
        "10.4.1.1 on eth0: 1.250 ms (ICMP echo)",
        "10.4.1.2",
        "pool.ntp.org is 192.0.2.7; nothing was sent there",
    ]
    assert answer.sentence == "every step, all well"


def test_without_a_target_no_octet_goes_beyond_router_and_name_server(world: World, around: Surroundings) -> None:
    order(at(world, around), "network test")
    assert around.asked == [f"ping {ROUTER}", "lookup pool.ntp.org"]


def test_first_failing_step_is_named_and_not_the_ones_that_follow_from_it(world: World, around: Surroundings) -> None:
    around.names, around.there = {"pool.ntp.org": NO_SERVER}, set()
    answer = order(at(world, around), "network test")
    assert states(answer) == ["ok", "failed", "failed", "failed"]
    assert answer.sentence == "the first failing step is the router"


def test_address_that_only_this_cable_knows_is_none(world: World, around: Surroundings) -> None:
    answer = order(at(world, around, own=interface("169.254.9.9", "fe80::7")), "network test")
    assert answer.sentence == "the first failing step is the address"
    assert "DHCP" in str(cells(answer, "remedy")[0])


def test_interface_without_a_cable_asks_for_one(world: World, around: Surroundings) -> None:
    answer = order(at(world, around, own=interface("10.4.1.20", connected=False)), "network test")
    assert cells(answer, "remedy")[0] == "Plug in the cable"


def test_machine_without_a_router_says_so_and_knocks_nowhere(world: World, around: Surroundings) -> None:
    around.names = {}
    answer = order(at(world, around, routers=()), "network test")
    assert answer.sentence == "the first failing step is the router"
    assert around.asked == ["lookup pool.ntp.org"]


def test_router_that_answers_nobody_is_no_failure_where_the_internet_is_reached(
    world: World, around: Surroundings
) -> None:
    around.there = set()
    answer = order(at(world, around), "network test")
    assert states(answer) == ["ok", "silent", "ok", "ok"]
    assert answer.sentence == "every step, all well"


def test_name_that_nobody_has_does_not_blame_the_name_server(world: World, around: Surroundings) -> None:
    answer = order(at(world, around), "network test nobody.example")
    assert states(answer) == ["ok", "ok", "ok", "failed"]
    assert answer.sentence == "the first failing step is the internet"


def test_target_with_a_port_is_connected_to_and_the_setting_is_the_default(world: World, around: Surroundings) -> None:
    around.ports = {("192.0.2.8", 443)}
    world.settings.set({"network.internet_check.target": "example.org:443"}, "test")
    assert states(order(at(world, around), "network test"))[-1] == "ok"
    assert states(order(at(world, around), "network test example.org:444"))[-1] == "failed"
    assert around.asked[2::3] == ["connect 192.0.2.8 443", "connect 192.0.2.8 444"]


def test_target_without_a_port_is_pinged(world: World, around: Surroundings) -> None:
    order(at(world, around), "network test example.org")
    assert around.asked[-1] == "ping 192.0.2.8"


def test_ping_tells_each_answer_with_its_means(world: World, around: Surroundings) -> None:
    answer = order(at(world, around), "network ping example.org count=2")
    assert cells(answer, "microseconds") == [1250, 1251]
    assert set(cells(answer, "means")) == {"ICMP echo"}
    assert answer.sentence == "2 of 2 answered, 1.250 ms to 1.251 ms"


def test_host_that_never_answers_is_an_error_that_stops_a_script(world: World, around: Surroundings) -> None:
    around.names["10.9.9.9"] = Lookup(addresses=("10.9.9.9",))
    with pytest.raises(RefusedError, match=r"10\.9\.9\.9\) does not answer: no answer \(ICMP echo\), 4 times\."):
        order(at(world, around), "network ping 10.9.9.9")


def test_ping_that_is_broken_off_keeps_what_came(world: World, around: Surroundings) -> None:
    around.endless = True
    job = started(at(world, around), "network ping example.org count=1000").job
    assert job is not None
    assert around.second_knock.wait(10)
    job.cancel()
    assert job.wait(10)
    assert job.state is JobState.CANCELLED
    assert isinstance(job.result, Answer)
    assert job.result.sentence == "1 of 1 answered, 1.250 ms to 1.250 ms"


def test_name_without_an_address_is_not_pinged(world: World, around: Surroundings) -> None:
    with pytest.raises(RefusedError, match="name or service not known") as refused:
        order(at(world, around), "network ping nobody.example")
    assert refused.value.kind is Kind.NOT_FOUND


@pytest.mark.parametrize("host", ['";reboot"', '"$(reboot)"', '"a b"', "-f", "--help", "a|b", '""', "example.org:80"])
def test_host_that_is_none_reaches_nobody(world: World, around: Surroundings, host: str) -> None:
    with pytest.raises(RefusedError) as refused:
        order(at(world, around), f"network ping {host}")
    assert refused.value.kind in (Kind.VALUE, Kind.USAGE)
    assert not around.asked


def test_both_are_for_level_2(world: World) -> None:
    for line in ("network test", "network ping example.org"):
        with pytest.raises(RefusedError, match="needs level 2"):
            started(world.person(1), line)
