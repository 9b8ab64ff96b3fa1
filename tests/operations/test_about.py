"""What the appliance tells about itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.errors import RefusedError
from appliance.meters.meter import Meter
from appliance.operations.call import Call
from appliance.ports import Interface, Network
from tests.operations.orders import cells, order, started, text
from tests.operations.world import World

LAN = Interface(
    name="eth0", connected=True, mac="02:00:00:00:00:07", addresses=("10.4.1.20", "fe80::7"), received=700, sent=90
)
SPARE = Interface(name="eth1", connected=False, mac="02:00:00:00:00:08", addresses=(), received=0, sent=0)


@pytest.fixture
def call(world: World) -> Call:
    network = Network((SPARE, LAN), ("10.4.1.1 on eth0",), ("10.4.1.2",), "house.example")
    return replace(world.call, parts=replace(world.parts, network=lambda: network))


def test_about_tells_serial_number_versions_and_the_address_of_the_interface_in_use(call: Call) -> None:
    answer = order(call, "show about")
    facts = answer.as_data()
    assert isinstance(facts, dict)
    assert (facts["serial"], facts["version"], facts["mac"]) == ("00000000", "0.1.0", "02:00:00:00:00:07")
    assert (facts["restarts"], facts["domain"]) == (0, "house.example")
    assert {"type", "board", "hostname", "address", "up", "free_disk", "temperature"} <= facts.keys()
    assert "serial          00000000" in text(answer)


def test_system_tells_its_surroundings_and_the_scheduled_tasks(call: Call) -> None:
    answer = order(call, "show system")
    facts = answer.as_data()
    assert isinstance(facts, dict)
    assert {"network", "internet", "time", "disk"} <= facts.keys()
    assert {"readout", "storage.maintenance", "restart"} <= set(cells(answer, "task"))


def test_schedule_that_is_switched_off_is_not_announced(world: World, call: Call) -> None:
    def restart() -> object:
        tasks = order(call, "show schedules")
        return dict(zip(cells(tasks, "task"), cells(tasks, "next_run"), strict=True))["restart"]

    assert restart() == "switched off"
    world.settings.set({"restart.enabled": "true"}, "test")
    assert restart() != "switched off"


def test_system_counts_meters_and_services(world: World, call: Call) -> None:
    world.store.meters.add(Meter(id=1), Meter(id=2, active=False))
    facts = order(call, "show system").as_data()
    assert isinstance(facts, dict)
    assert (facts["meters"], facts["readouts"]) == (1, "1 never read")
    assert "running" in str(facts["services"])


def test_time_is_told_in_the_zone_of_the_appliance(world: World, call: Call) -> None:
    world.settings.set({"time.zone": "Europe/Zurich"}, "test")
    facts = order(call, "show time").as_data()
    assert isinstance(facts, dict)
    assert (facts["clock"], facts["utc"]) == ("2026-11-21 07:00:00", "2026-11-21T06:00:00Z")
    assert (facts["zone"], facts["quality"]) == ("Europe/Zurich", "trusted")


def test_network_tells_every_interface_routers_and_name_servers(call: Call) -> None:
    answer = order(call, "show network")
    assert cells(answer, "interface") == ["eth1", "eth0"]
    assert cells(answer, "addresses") == ["", "10.4.1.20, fe80::7"]
    assert "name servers    10.4.1.2" in text(answer)


def test_power_tells_loads_and_how_far_a_cable_may_lead(world: World, call: Call) -> None:
    world.store.meters.add(*(Meter(id=number) for number in range(1, 6)))
    answer = order(call, "show power")
    assert cells(answer, "unit_loads") == [5]
    assert cells(answer, "voltage") == [None]  # nobody measures it here


def test_licences_are_for_everybody_to_read(world: World) -> None:
    said = text(started(world.person(0), "show licence_text"))
    assert "busmeister 0.1.0" in said
    assert "peewee" in said
    assert "Permission is hereby granted" in said


def test_the_rest_needs_a_login(world: World) -> None:
    world.set_up()
    for line in ("show about", "show system", "show time", "show network", "show power"):
        with pytest.raises(RefusedError, match="needs level 1: login"):
            started(world.person(0), line)
