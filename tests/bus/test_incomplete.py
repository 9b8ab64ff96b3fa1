"""Readouts of several telegrams that break off: asked for again at the end of the round, and kept as incomplete."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from appliance.mbus.frames import Frame
from appliance.meters.meter import Meter, MultiTelegram
from appliance.ports import Heard, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from drivers.simulated.meter import SimulatedMeter
from tests.bus.test_rounds import at
from tests.bus.world import World

BUILDING = """
[[meters]]
name = "twin"
manufacturer = "ELS"
version = 21
medium = 7
identification = [70000000, 70999999]
count = 2
telegrams = [
  { records = [{ dif = "0C", vif = "13", shows = "counter", yearly = [30000, 90000], profile = "cold_water" }] },
  { records = [{ dif = "04", vif = "6D", shows = "clock" }] },
  { records = [{ dif = "0C", vif = "78", shows = "fabrication" }] },
]
"""


@dataclass
class Tired:
    """A meter's way to answer that leaves out, or replaces, the telegrams after the first ones."""

    meter: SimulatedMeter
    telegrams: int  # that it still gives in one readout
    instead: bytes | None = None
    times: int = 1_000_000  # how often it does so
    given: int = 0

    def __post_init__(self) -> None:
        self._answer = self.meter.answer
        self.meter.answer = self.answer  # type: ignore[method-assign]  # a fault of this test alone

    def answer(self, frame: Frame, wall: datetime, faults: frozenset[Fault]) -> bytes | None:
        answer = self._answer(frame, wall, faults)
        if answer is None or len(answer) == 1:
            self.given = 0
            return answer
        self.given += 1
        if self.given <= self.telegrams or not self.times:
            return answer
        self.times -= 1
        return self.instead


@pytest.fixture
def twins(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[SimulatedMeter]:
    file = tmp_path_factory.mktemp("buildings") / "twins.toml"
    file.write_text(BUILDING)
    bus = world.add(load(str(file)))
    world.book.list = [_all_telegrams(meter) for meter in world.book.list]
    return bus.meters


def _all_telegrams(meter: Meter) -> Meter:
    return replace(meter, multi_telegram=MultiTelegram.AUTO)


def readings(world: World) -> dict[int, Heard]:
    return {heard.meter: heard for heard in world.book.heard if heard.slot == at(6, 0)}


@pytest.mark.parametrize("came", [1, 2])
def test_readout_that_breaks_off_is_kept_and_says_so(world: World, twins: list[SimulatedMeter], came: int) -> None:
    Tired(twins[0], telegrams=came)
    world.run(minutes=14)
    ill, sound = readings(world)[1], readings(world)[2]
    assert len(ill.telegrams) == came
    assert ill.incomplete is Reason.NO_ANSWER
    assert (len(sound.telegrams), sound.incomplete) == (3, None)
    assert world.book.reasons == {}


def test_readout_that_broke_off_once_is_whole_at_the_end_of_the_round(
    world: World, twins: list[SimulatedMeter]
) -> None:
    Tired(twins[0], telegrams=1, times=1)
    world.run(minutes=14)
    assert [(heard.meter, len(heard.telegrams), heard.incomplete) for heard in world.book.heard] == [
        (2, 3, None),
        (1, 3, None),
    ]


def test_what_is_heard_before_the_bus_fails_at_a_further_telegram_is_not_taken_for_all(
    world: World, twins: list[SimulatedMeter]
) -> None:
    Tired(twins[0], telegrams=1, instead=bytes(range(6, 256)) * 6, times=1)
    world.run(minutes=14)
    assert [(heard.meter, len(heard.telegrams), heard.incomplete) for heard in world.book.heard] == [
        (2, 3, None),
        (1, 3, None),
    ]


def test_the_longest_part_of_all_attempts_is_kept(world: World, twins: list[SimulatedMeter]) -> None:
    tired = Tired(twins[0], telegrams=2)
    world.run(seconds=2)
    tired.telegrams = 1
    world.run(minutes=14)
    assert len(readings(world)[1].telegrams) == 2


def test_order_of_a_person_gets_the_part_that_came(world: World, twins: list[SimulatedMeter]) -> None:
    world.run(minutes=5)
    Tired(twins[0], telegrams=1)
    answer = world.engine.read([world.book.list[0]])
    world.run(seconds=30)
    (heard,) = answer.result()
    assert isinstance(heard, Heard)
    assert heard.remark == "incomplete: no answer"
