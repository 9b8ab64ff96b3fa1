"""A world of simulated buildings in virtual time."""

from __future__ import annotations

import pytest

from appliance.clock import VirtualClock
from tests.bus.world import World


@pytest.fixture
def world(clock: VirtualClock) -> World:
    return World(clock)
