"""Orders that read meters."""

from __future__ import annotations

from typing import Never

import pytest

from appliance.errors import DiskFull, Kind, RefusedError
from appliance.hub.jobs import Job
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.meters.selection import Status
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.execute import execute_named
from appliance.operations.meter_state import state_of
from appliance.ports import Heard, ReadingKind, Reason
from tests.operations.world import World, water_meter


def do(world: World, name: str, **given: str) -> Answer:
    """The answer of a long order. Raises what it ended with."""
    job = execute_named(world.call, registry().get(name), given).job
    assert isinstance(job, Job)
    assert job.wait(20)
    if job.error is not None:
        raise job.error
    assert isinstance(job.result, Answer)
    return job.result


def listed(world: World, *identifications: str) -> None:
    world.store.meters.add(*(Meter(id=0, secondary_address=SecondaryAddress(text)) for text in identifications))


def test_round_by_hand_tells_how_many_were_read(world: World) -> None:
    listed(world, "10473002", "10473003")
    world.engine.answers["10473003"] = water_meter("10473003")
    answer = do(world, "readout now")
    assert answer.sentence == "1 of 2 meters read"
    assert answer.data == {"due": 2, "answered": 1}


def test_round_by_hand_that_nobody_answers_is_refused_with_the_reason(world: World) -> None:
    listed(world, "10473002", "10473003")
    with pytest.raises(RefusedError, match=r"None of 2 meters was read; the first, .*: No answer") as caught:
        do(world, "readout now")
    assert caught.value.kind is Kind.BUS


def test_round_by_hand_with_nobody_left_to_ask_says_so(world: World) -> None:
    world.settings.set({"segment.east.url": "simulated://apartment-block"}, "test")
    world.store.meters.add(Meter(id=0, segment="east", primary_address=1))  # who has its reading already
    assert do(world, "readout now").sentence == "every meter has its reading of the present slot"


def test_round_by_hand_without_a_way_to_any_meter_is_refused(world: World) -> None:
    with pytest.raises(RefusedError, match="No meter is read: add one"):
        do(world, "readout now")
    world.store.meters.add(Meter(id=0, segment="east", primary_address=1))
    with pytest.raises(RefusedError, match="1 of 1 meters cannot be read: segment east has no line: segment add east"):
        do(world, "readout now")
    world.settings.set({"segment.main.url": "simulated://apartment-block"}, "test")
    assert do(world, "meter add", primary="1", read="false").sentence == "1 added as meter 2"


def test_meter_without_a_line_is_added_with_a_remark(world: World) -> None:
    added = do(world, "meter add", primary="1").sentence
    assert added.endswith("added as meter 1, but segment main has no line: segment add main URL")


def test_reading_that_the_disk_does_not_take_is_not_told_as_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(batch: object) -> Never:
        raise DiskFull("The disk is full.")

    listed(world, "10473002")
    world.engine.answers["10473002"] = water_meter("10473002")
    assert do(world, "meter read", meters="id=1").sentence == ""
    world.clock.advance(seconds=60)
    monkeypatch.setattr(world.store._writer, "_write", full)
    assert do(world, "meter read", meters="id=1").sentence.startswith("1 not stored yet, the disk does not take it")


def test_incomplete_reading_is_told_in_its_status_and_to_programs(world: World) -> None:
    listed(world, "10473002")
    stamp, slot = world.clock.stamp(), int(world.clock.now().timestamp())
    telegrams = (water_meter("10473002"),)
    kind = ReadingKind.MANUAL
    reading = Heard(meter=1, slot=slot, kind=kind, telegrams=telegrams, at=stamp, incomplete=Reason.NO_ANSWER)
    world.store.accept(reading)
    world.store.flush()
    values = execute_named(world.call, registry().get("meter values"), {"meter": "id=1"})
    assert values.lines[0].endswith("status incomplete: no answer")
    assert isinstance(values.data, dict)
    assert values.data["incomplete"] == "no answer"
    (meter,) = world.store.meters.all()
    state = state_of(world.parts, meter)
    assert (state.status, state.words) == (Status.ERROR, "incomplete: no answer")
