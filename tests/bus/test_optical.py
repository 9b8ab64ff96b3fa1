"""A meter behind an optical head, read in rounds."""

from __future__ import annotations

from dataclasses import replace

from appliance.mbus.framer import Received
from appliance.ports import Heard, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from drivers.simulated.bus import SimulatedBus
from drivers.simulated.optical import OpticalHead
from tests.bus.world import MAIN, World

INFRARED = replace(MAIN, wake_up=2.2)
SND_NKE = bytes.fromhex("10 40 fe 3e 16")
LIGHT = b"\x55" * 528


def test_head_that_is_woken_answers_in_every_slot(world: World) -> None:
    world.add(load("optical-head"), INFRARED)
    world.run(hours=1)
    assert len(world.book.ends) == 4
    assert all(isinstance(end, Heard) for end in world.book.ends)


def test_head_that_nobody_wakes_never_answers(world: World) -> None:
    world.add(load("optical-head"))
    world.run(hours=1)
    assert world.book.reasons == {Reason.NO_ANSWER: 4}


def test_light_too_short_wakes_nobody(world: World) -> None:
    world.add(load("optical-head"), replace(MAIN, wake_up=2.0))
    world.run(hours=1)
    assert world.book.reasons == {Reason.NO_ANSWER: 4}


def test_light_does_no_harm_on_two_wires(world: World) -> None:
    world.add(load("apartment-block", meters=3), INFRARED)
    world.run(hours=1)
    assert len(world.book.heard) == 3 * 4


def test_head_that_reflects_what_is_sent_is_read(world: World) -> None:
    building = load("optical-head")
    building.give(Fault.ECHO)
    world.add(building, INFRARED)
    world.run(hours=1)
    assert len(world.book.heard) == 4


def test_silent_head_costs_its_attempts_and_ends_its_slots(world: World) -> None:
    building = load("optical-head")
    building.give_to(building.meters[0], (Fault.DEAF,))
    world.add(building, INFRARED)
    world.run(hours=1)
    assert world.book.reasons == {Reason.NO_ANSWER: 4}
    assert world.book.doubled() == []


def head_bus(world: World) -> SimulatedBus:
    return load("optical-head").bus(world.clock)


def answered(bus: SimulatedBus, at: float) -> bool:
    """SND_NKE to whoever is there, with parity."""
    bus.set_baud_rate(2400)
    bus.send(at, SND_NKE)
    return bus.take(at + 1.0) == Received(b"\xe5")


def test_light_with_a_parity_bit_wakes_nobody(world: World) -> None:
    bus = head_bus(world)
    bus.send(1.0, LIGHT)
    assert not answered(bus, 4.0)


def test_light_at_another_rate_wakes_nobody(world: World) -> None:
    bus = head_bus(world)
    bus.set_baud_rate(9600, parity=False)
    bus.send(1.0, LIGHT)
    assert not answered(bus, 4.0)


def test_light_in_pieces_wakes_where_no_parity_can_be_seen(world: World) -> None:
    bus = head_bus(world)
    bus.knows_parity = False
    bus.send(1.0, LIGHT[:300])
    bus.send(2.0, LIGHT[300:])
    assert answered(bus, 4.0)


def test_frame_without_parity_is_heard_by_nobody(world: World) -> None:
    bus = load("apartment-block", meters=1).bus(world.clock)
    bus.set_baud_rate(2400, parity=False)
    bus.send(1.0, SND_NKE)
    assert bus.take(2.0) == Received()
    assert answered(bus, 3.0)


def test_head_hears_after_a_pause_and_falls_asleep_when_left_alone() -> None:
    head = OpticalHead()
    head.shine(528, 10.0, 1 / 2400)
    assert not head.hears(10.0)
    assert head.hears(10.1)
    assert head.hears(13.0)
    assert head.hears(15.9)
    assert not head.hears(19.0)
