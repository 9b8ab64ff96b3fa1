"""Events that came and did not go, and who has seen them."""

from __future__ import annotations

import pytest

from appliance.errors import RefusedError
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.line import parse_line
from tests.operations.world import World, water_meter


def order(call: Call, typed: str) -> Answer:
    row, tokens = registry().find(parse_line(typed).tokens)
    answer = execute(call, row, tokens)
    if answer.job is None:
        return answer
    answer.job.wait()
    result = answer.job.outcome()
    assert isinstance(result, Answer)
    return result


def events(call: Call) -> list[tuple[object, ...]]:
    """Name and who has seen it."""
    table = order(call, "event list").table
    assert table is not None
    return [(row[2], row[5]) for row in table.rows]


@pytest.fixture
def call(world: World) -> Call:
    """Cellar is silent, Attic has low power; the line is there."""
    world.set_up()
    world.settings.set({"segment.main.url": "simulated://house"}, "test")
    for number, name in enumerate(("Cellar", "Attic"), 1):
        address = SecondaryAddress.parse(f"1047300{number}-ELS-1-7")
        world.store.meters.add(Meter(id=number, name=name, secondary_address=address))
    world.engine.answers["10473002"] = water_meter("10473002", status=0x04)
    fail(world)
    return world.call


def fail(world: World) -> None:
    world.engine.read(world.store.meters.all(), store=True, job=None)
    world.store.pump()


def test_open_events_are_listed_worst_first(call: Call) -> None:
    assert events(call) == [("Cellar", ""), ("Attic", "")]


def test_seen_event_stays_open_with_a_name(call: Call) -> None:
    assert order(call, "event acknowledge Cellar").sentence == "1 event marked as seen"
    assert events(call) == [("Cellar", "anna"), ("Attic", "")]
    assert order(call, "event acknowledge").sentence == "1 event marked as seen"


def test_event_that_comes_again_was_not_seen(world: World, call: Call) -> None:
    order(call, "event acknowledge 1")
    world.clock.advance(seconds=900)
    world.engine.answers["10473001"] = water_meter("10473001")
    fail(world)
    world.clock.advance(seconds=900)
    del world.engine.answers["10473001"]
    fail(world)
    assert events(call)[0] == ("Cellar", "")


def test_seen_is_forgotten_after_a_week(world: World, call: Call) -> None:
    order(call, "event acknowledge all")
    world.clock.advance(seconds=8 * 86400)
    assert [seen for _name, seen in events(call)] == ["", ""]


def test_unknown_event_is_refused(call: Call) -> None:
    with pytest.raises(RefusedError, match="No event 7 is open"):
        order(call, "event acknowledge 7")
