"""Dialogues that somebody brings to a bus: nobody waits for a bus that does not work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.clock import VirtualClock
from appliance.errors import BusError, Overload
from appliance.mbus.dialogue.orders import give_order, normalise
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from tests.bus.world import World


def test_those_that_wait_are_told_at_once_when_the_first_finds_the_bus_without_voltage(
    world: World, clock: VirtualClock
) -> None:
    bus = world.add(load("apartment-block", meters=2))
    world.run(minutes=1)
    bus.put_fault(Fault.SHORT_CIRCUIT, clock.monotonic())
    orders = [world.engine.talk("main", give_order(normalise(1), (0.2, 0.2), "SND_NKE 1")) for _ in range(3)]
    world.run(seconds=5)
    assert all(order.done() for order in orders)
    assert isinstance(orders[0].exception(), Overload)
    for order in orders[1:]:
        with pytest.raises(BusError, match="no voltage"):
            order.result()


def test_order_to_a_bus_that_is_lent_is_refused_at_once(world: World, clock: VirtualClock) -> None:
    world.add(load("apartment-block", meters=2))
    world.run(minutes=1)
    world.engine.lend("main", clock.now() + timedelta(minutes=30), "TCP 50000")
    world.run(seconds=1)
    order = world.engine.talk("main", give_order(normalise(1), (0.2,), "SND_NKE 1"))
    world.run(seconds=1)
    with pytest.raises(BusError, match="lent to TCP 50000"):
        order.result(timeout=0)
