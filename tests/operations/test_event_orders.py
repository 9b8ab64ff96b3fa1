"""Events: what came and went, and who has seen it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.errors import RefusedError
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.glances import glances
from appliance.operations.line import parse_line
from appliance.operations.to_do import to_do
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


def events(call: Call, *, more: str = "open=true") -> list[tuple[object, ...]]:
    """Source, kind, message and who has seen it."""
    table = order(call, f"event list {more}").table
    assert table is not None
    return [(row[1], row[2], row[5], row[6]) for row in table.rows]


def seen(call: Call) -> dict[object, object]:
    """Who has seen what lasts."""
    return {source: who for source, _kind, _message, who in events(call)}


def causes(call: Call) -> list[tuple[str, str]]:
    """What stands in "What to do", and who has seen it."""
    return [(one.what, one.seen) for one in to_do(call, glances(call))]


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


def test_what_lasts_is_listed_with_its_kind_and_message(call: Call) -> None:
    assert sorted(events(call)) == [
        ("Attic", "W", "error flags: low power", ""),
        ("Cellar", "W", "readout failed: No answer from 10473001 (select, 3 attempts).", ""),
    ]


def test_what_went_is_listed_with_both_times(world: World, call: Call) -> None:
    world.clock.advance(seconds=900)
    world.engine.answers["10473001"] = water_meter("10473001")
    fail(world)
    assert [source for source, *_ in events(call)] == ["Attic"]
    table = order(call, "event list").table
    assert table is not None
    (cellar,) = (row for row in table.data() if row["source"] == "Cellar")
    assert cellar["went"] == world.clock.now()
    assert cellar["came"] == world.clock.now() - timedelta(seconds=900)


def test_start_of_the_appliance_is_an_event_that_does_not_last(call: Call) -> None:
    assert ("appliance", "I", "started", "") in events(call, more="")
    assert [kind for _source, kind, *_ in events(call, more="severity=warning")] == ["W", "W"]


def test_older_ones_are_asked_for(world: World, call: Call) -> None:
    world.clock.advance(days=2)
    assert ("appliance", "I", "started", "") not in events(call, more="since=1d")
    assert len(events(call, more="since=1d")) == 2, "what lasts is listed however long ago it came"


def test_seen_event_stays_open_with_a_name(call: Call) -> None:
    assert order(call, "event acknowledge Cellar").sentence == "1 event marked as seen"
    assert seen(call) == {"Cellar": "anna", "Attic": ""}
    assert causes(call) == [("Cellar", "anna"), ("Attic", "")]
    assert order(call, "event acknowledge").sentence == "1 event marked as seen"
    assert seen(call) == {"Cellar": "anna", "Attic": "anna"}


def test_number_of_an_event_stands_for_its_cause_too(call: Call) -> None:
    table = order(call, "event list open=true").table
    assert table is not None
    (number,) = (row["number"] for row in table.data() if row["source"] == "Attic")
    order(call, f"event acknowledge {number}")
    assert seen(call) == {"Cellar": "", "Attic": "anna"}
    assert causes(call) == [("Cellar", ""), ("Attic", "anna")]


def test_event_that_comes_again_was_not_seen(world: World, call: Call) -> None:
    order(call, "event acknowledge Cellar")
    world.clock.advance(seconds=900)
    world.engine.answers["10473001"] = water_meter("10473001")
    fail(world)
    world.clock.advance(seconds=900)
    del world.engine.answers["10473001"]
    fail(world)
    assert seen(call)["Cellar"] == ""
    assert causes(call)[0] == ("Cellar", "")


def test_cause_that_was_seen_is_shown_again_after_a_week(world: World, call: Call) -> None:
    order(call, "event acknowledge all")
    world.clock.advance(seconds=8 * 86400)
    assert [who for _what, who in causes(call)] == ["", ""]


def test_unknown_event_is_refused(call: Call) -> None:
    with pytest.raises(RefusedError, match="No event 700 is open"):
        order(call, "event acknowledge 700")
