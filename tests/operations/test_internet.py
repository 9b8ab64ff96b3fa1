"""Whether the internet is reached is looked at on a schedule, and told wherever the appliance tells how it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from appliance.appliance import Appliance, Options
from appliance.operations.call import Call
from appliance.operations.health import health
from appliance.ports import Echo, Lookup, Network
from tests.operations.orders import cells, order, text
from tests.operations.world import World


class Outside:
    """A name server that knows the time server while the cable is in."""

    def __init__(self) -> None:
        self.is_there = True
        self.asked: list[str] = []

    def lookup(self, host: str) -> Lookup:
        self.asked.append(host)
        return Lookup(addresses=("192.0.2.7",)) if self.is_there else Lookup(sentence="name or service not known")

    def ping(self, address: str, count: int, stop: Event) -> Iterator[Echo]:
        raise AssertionError(f"{address} was sent something")

    def connect(self, address: str, port: int) -> Echo:
        self.asked.append(f"{address}:{port}")
        return Echo(means=f"TCP port {port}", sentence="no answer")


@pytest.fixture
def outside() -> Outside:
    return Outside()


def look(world: World, outside: Outside) -> Call:
    """A person, after the appliance looked once."""
    check = world.settings.network.internet_check
    world.parts.internet.look(check, Network(), outside, world.clock.now())
    return world.call


def told(call: Call) -> object:
    facts = order(call, "show system").as_data()
    assert isinstance(facts, dict)
    return facts["internet"]


def test_time_servers_name_is_resolved_and_nothing_is_sent_there(world: World, outside: Outside) -> None:
    assert told(look(world, outside)) == "reached"
    assert outside.asked == ["pool.ntp.org"]


def test_target_that_is_named_is_contacted(world: World, outside: Outside) -> None:
    world.settings.set({"network.internet_check.target": "example.org:443"}, "test")
    assert told(look(world, outside)) == "not reached: example.org (192.0.2.7): no answer (TCP port 443)"
    assert outside.asked == ["example.org", "192.0.2.7:443"]


def test_why_it_is_not_reached_is_said_by_every_overview(world: World, outside: Outside) -> None:
    outside.is_there = False
    call = look(world, outside)
    assert "internet    not reached: pool.ntp.org: name or service not known" in text(order(call, "show status"))
    found = health(call).internet
    assert found is not None
    assert (found.reached, found.at) == (False, world.clock.now())


def test_before_the_first_look_nothing_is_claimed(world: World) -> None:
    assert told(world.call) == "not looked at yet"
    assert health(world.call).internet is None


def test_nobody_is_asked_where_that_is_switched_off(world: World, outside: Outside) -> None:
    look(world, outside)
    world.settings.set({"network.internet_check.enabled": "false"}, "test")
    assert told(look(world, outside)) == "not checked: network.internet_check.enabled is false"
    assert outside.asked == ["pool.ntp.org"]
    assert health(world.call).internet is None


def test_look_stands_among_the_scheduled_tasks(world: World) -> None:
    def run() -> object:
        tasks = order(world, "show schedules")
        return dict(zip(cells(tasks, "task"), cells(tasks, "next_run"), strict=True))["network.internet_check"]

    assert run() != "switched off"
    world.settings.set({"network.internet_check.enabled": "false"}, "test")
    assert run() == "switched off"


def test_appliance_looks_on_the_schedule_that_is_set(tmp_path: Path, outside: Outside) -> None:
    appliance = Appliance.open(Options(data=tmp_path, quiet=True))
    duties = appliance.duties
    duties._parts = replace(appliance.parts, reach=outside)
    try:
        duties.plan()
        before = len(appliance.scheduler.jobs)
        duties.look_at_internet()
        appliance.settings.set({"network.internet_check.enabled": "false"}, "test")
        appliance.obey(frozenset({"network.internet_check.enabled"}))
        assert len(appliance.scheduler.jobs) == before - 1
    finally:
        appliance.close()
    assert outside.asked == ["pool.ntp.org"]
