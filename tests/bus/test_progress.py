"""The engine's progress feeds the watchdog: a bus that works must never look as if it stood still."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.bus.virtual import Bus
from appliance.clock import VirtualClock
from appliance.mbus.framer import Received
from appliance.simulated_faults import Fault
from appliance.supervisor import PROGRESS_PATIENCE
from drivers.simulated.building import load
from tests.bus.world import MAIN, World, faulty


class Watched:
    """A bus that looks at the engine's progress whenever the engine looks at it."""

    def __init__(self, bus: Bus, world: World) -> None:
        self._bus = bus
        self._world = world
        self.longest_standstill = 0.0

    def take(self, now: float) -> Received:
        standstill = now - self._world.engine.last_progress
        self.longest_standstill = max(self.longest_standstill, standstill)
        return self._bus.take(now)

    def send(self, now: float, octets: bytes) -> None:
        self._bus.send(now, octets)

    def next_event(self) -> float | None:
        return self._bus.next_event()

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        self._bus.set_baud_rate(baud_rate, parity=parity)


@pytest.mark.parametrize("baud_rate", [300, 2400])
def test_rounds_of_dead_and_slow_meters_and_the_time_between_them_are_no_standstill(
    clock: VirtualClock, baud_rate: int
) -> None:
    world = World(clock)
    building = faulty(load("apartment-block", meters=6, baud_rate=baud_rate), Fault.DEAF, 1, 3)
    faulty(building, Fault.ENDLESS, 2)
    bus = world.add(building, replace(MAIN, baud_rate=baud_rate, multi_telegram=True))
    watched = world.buses["main"] = Watched(bus, world)
    world.run(hours=2)
    assert world.book.heard
    assert watched.longest_standstill < PROGRESS_PATIENCE - 10
