"""The appliance that orders are given to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from tests.operations.world import World


@pytest.fixture
def world(tmp_path: Path, clock: VirtualClock) -> Iterator[World]:
    world = World(tmp_path / "data", clock)
    yield world
    world.close()
