"""A dashboard over a small appliance, without a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from tests.operations.world import World
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
