"""Another device takes a meter's place in mid round: what the old one says is not filed under the new one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.meters.meter import Addressing
from appliance.ports import Missed, Reason
from drivers.simulated.building import load
from tests.bus.test_rounds import at
from tests.bus.world import MAIN, World

IDENTIFICATION = slice(7, 11)  # of a long frame, after its head and CI field


def said_by(world: World, meter: int, slot: int) -> list[bytes]:
    """Who signed the readings of a slot."""
    found = [heard for heard in world.book.heard if (heard.meter, heard.slot) == (meter, slot)]
    return [heard.telegrams[0][IDENTIFICATION] for heard in found]


def in_mid_round(world: World) -> list[int]:
    """Twenty meters, some of them read: the others, the first of which is being asked."""
    world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=5)
    read = {heard.meter for heard in world.book.heard if heard.slot == at(6, 15)}
    assert 0 < len(read) < 15
    return [meter.id for meter in world.book.list if meter.id not in read]


@pytest.mark.parametrize("turn", [0, 1, 3])
def test_replaced_meter_is_asked_by_its_new_address_in_the_running_round(world: World, turn: int) -> None:
    old = in_mid_round(world)[turn]
    new = world.book.list.pop()
    assert new.id != old
    world.book.list[old - 1] = replace(world.book.list[old - 1], secondary_address=new.secondary_address)
    world.engine.reconfigure()
    world.run(minutes=5)
    assert said_by(world, old, at(6, 15)) == said_by(world, new.id, at(6, 0))
    assert world.book.doubled() == []
    assert world.book.reasons == {}


@pytest.mark.parametrize("turn", [0, 2])
def test_meter_moved_to_another_segment_misses_the_slot_with_the_reason(world: World, turn: int) -> None:
    moved = in_mid_round(world)[turn]
    world.add(load("apartment-block", meters=1, seed=5), replace(MAIN, name="attic"))
    world.book.list[moved - 1] = replace(world.book.list[moved - 1], segment="attic", addressing=Addressing.SECONDARY)
    world.engine.reconfigure()
    world.run(minutes=5)
    assert said_by(world, moved, at(6, 15)) == []
    ends = [end for end in world.book.ends if isinstance(end, Missed) and end.meter == moved]
    assert [(end.reason, end.detail) for end in ends] == [
        (Reason.NOT_ASKED, "It was moved to the segment attic before its turn.")
    ]
