"""A dashboard over a small appliance, without a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from tests.operations.world import World, water_meter
from tests.tui.ssh_clients import PASSWORD
from tui.app import Dashboard
from tui.feed import Feed


@pytest.fixture
def world(tmp_path: Path, clock: VirtualClock) -> Iterator[World]:
    world = World(tmp_path / "data", clock)
    yield world
    world.close()


@pytest.fixture
def dashboard(world: World) -> Dashboard:
    return Dashboard(Feed(world.parts), world.call)


@pytest.fixture
def house(world: World) -> World:
    """An appliance that was set up."""
    world.set_up(PASSWORD)
    return world


@pytest.fixture
def installed(world: World) -> World:
    """Flat 10 answers, Flat 2 answers with low power, Cellar is silent, Attic is passive."""
    names = {"Flat 10": "10473001", "Flat 2": "10473002", "Cellar": "10473003", "Attic": "10473004"}
    meters = [
        Meter(
            id=number,
            name=name,
            secondary_address=SecondaryAddress.parse(f"{key}-ELS-1-7"),
            active=name != "Attic",
        )
        for number, (name, key) in enumerate(names.items(), 1)
    ]
    world.store.meters.add(*meters)
    world.settings.set({"dashboard.start_screen": "meters"}, "test")
    world.engine.answers["10473001"] = water_meter("10473001", 412307)
    world.engine.answers["10473002"] = water_meter("10473002", 98, status=0x04)
    world.engine.read(meters[:3], store=True, job=None)
    world.store.pump()
    return world
