"""What was heard is seen: not written yet, never to be written, or of a meter that is off the list."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.operations.all import registry
from appliance.operations.answer import Answer, Data
from appliance.operations.execute import execute
from appliance.operations.glances import glances
from appliance.operations.line import parse_line
from appliance.operations.meter_view import meter_view
from appliance.ports import Heard, Missed, ReadingKind, Reason
from tests.auditor import audit
from tests.operations.world import ELS, WATER, World, finished, water_meter

FLAT = "10473002"


@pytest.fixture
def flat(world: World) -> Meter:
    address = SecondaryAddress(FLAT, ELS, 1, WATER)
    (meter,) = world.store.meters.add(Meter(id=1, name="flat 1", secondary_address=address))
    return meter


def say(world: World, order: str) -> Answer:
    return finished(execute(world.call, *registry().find(parse_line(order).tokens)))


def rows(answer: Answer) -> list[dict[str, Data]]:
    assert answer.table is not None
    return answer.table.data()


def heard(world: World, litres: int, kind: ReadingKind = ReadingKind.SCHEDULED) -> Heard:
    slot = int(world.clock.now().timestamp())
    return Heard(meter=1, slot=slot, kind=kind, telegrams=(water_meter(FLAT, litres),), at=world.clock.stamp())


def volume(answer: Answer) -> str:
    data: Any = answer.data
    return str(data["records"][0]["value"])


def test_value_heard_a_moment_ago_is_seen_everywhere(world: World, flat: Meter) -> None:
    world.store.accept(heard(world, 1111))
    world.clock.advance(minutes=15)
    world.store.accept(heard(world, 1234))
    assert len(audit(world.store.folder.database).readings) == 1
    assert volume(say(world, "show values id=1")) == "1.234"
    assert [row["status"] for row in rows(say(world, "show meters"))] == ["ok"]
    assert glances(world.call)[0].read == world.clock.now()
    view = meter_view(world.call, flat.id)
    assert (len(view.readings), view.telegrams) == (2, (water_meter(FLAT, 1234),))


def test_slot_missed_a_moment_ago_is_seen(world: World, flat: Meter) -> None:
    world.store.missed(
        Missed(
            meter=flat.id,
            slot=int(world.clock.now().timestamp()),
            kind=ReadingKind.SCHEDULED,
            reason=Reason.NO_ANSWER,
            detail="It was silent.",
            at=world.clock.stamp(),
        )
    )
    assert glances(world.call)[0].reason == "It was silent."
    assert [row["detail"] for row in rows(say(world, "show gaps"))] == ["It was silent."]


def test_values_of_continuous_mode_are_seen_and_not_listed_as_stored(world: World, flat: Meter) -> None:
    world.store.accept(heard(world, 1000))
    world.clock.advance(seconds=20)
    world.engine.heard[flat.id] = heard(world, 1001, ReadingKind.CONTINUOUS)
    assert volume(say(world, "show values id=1")) == "1.001"
    assert volume(say(world, "show values id=1 at=10s")) == "1.000"
    assert len(meter_view(world.call, flat.id).readings) == 1


def test_cleared_values_are_not_seen_though_the_bus_remembers_them(world: World, flat: Meter) -> None:
    world.engine.heard[flat.id] = heard(world, 1000)
    world.store.accept(heard(world, 1000))
    world.clock.advance(seconds=20)
    say(world, "meter clear id=1 confirm=yes")
    assert glances(world.call)[0].newest is None


def test_kept_values_of_a_deleted_meter_are_read_by_its_number(world: World, flat: Meter) -> None:
    world.store.accept(heard(world, 1234))
    world.store.meters.delete(flat.id, keep_values=True)
    answer = say(world, "show values id=1")
    assert volume(answer) == "1.234"
    assert answer.lines[0].startswith("deleted meter 1  10473002  ELS water, version 1")
    assert [row["telegrams"] for row in rows(say(world, "show readings id=1"))] == [1]
    with pytest.raises(Exception, match="There is no meter 2, and no value of one is kept"):
        say(world, "show values id=2")


def test_what_is_kept_is_told_with_the_numbers_of_deleted_meters(world: World, flat: Meter) -> None:
    world.store.accept(heard(world, 1234))
    world.store.flush()
    world.store.pump()
    world.store.meters.delete(flat.id, keep_values=True)
    world.store.housekeeping.check()
    answer = say(world, "show storage")
    data: Any = answer.data
    assert (data["readings"], data["deleted_meters"], data["last_check"]) == (1, [1], world.clock.now())
    assert "deleted meters  values are kept of id=1: show readings id=1" in answer.lines
