"""The appliance that orders are given to, and its front panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from tests.operations.world import World
from tests.services.device import Device


@pytest.fixture
def world(tmp_path: Path, clock: VirtualClock) -> Iterator[World]:
    world = World(tmp_path / "data", clock)
    yield world
    world.close()


@pytest.fixture
def device(world: World) -> Iterator[Device]:
    world.settings.set({"panel.display.page_time": "0"}, "test")
    made = Device(world)
    yield made
    made.panel.end()
    made.following.close()
