"""The readout as a whole: on and off, how long it takes, what it did, what needs a hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from appliance.errors import RefusedError
from appliance.events import RoundProgress
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Addressing, Meter
from appliance.operations.answer import Cell
from appliance.operations.planner import cable_length, exchange_of, shortest_that_fits
from appliance.ports import Heard, Reason
from tests.operations.orders import cells, order, text
from tests.operations.test_meter_state import heard, install, missed
from tests.operations.world import ELS, World, water_meter

LINE = "set segment.main.url=tcp://10.0.0.5:10001"


def readouts(world: World) -> tuple[bool, bool]:
    """Whether scheduled and continuous readouts are on."""
    return world.settings.readout.enabled, world.settings.readout.continuous.enabled


def test_readouts_are_switched_off_and_on_and_the_change_is_written_down(world: World) -> None:
    before = world.engine.reconfigured
    order(world.person(2), "readout stop")
    assert readouts(world) == (False, False)
    assert world.engine.reconfigured > before
    assert cells(order(world, "show schedules match=readout"), "next_run") == ["switched off"]
    order(world.person(2), "readout start")
    order(world.person(2), "readout continuous on")
    assert readouts(world) == (True, True)
    assert "readout stop readout.enabled" in cells(order(world, "audit list"), "what")


def test_plan_tells_time_loads_and_cable(world: World) -> None:
    order(world, LINE)
    install(world, 60)
    answer = order(world, "readout plan schedule=15min baud_rate=2400")
    told = re.fullmatch(
        r"main: 60 meters at 2400 Bd need (\d+) s of every 900 s\. Unit loads 60 of 32\. Cable to 2\.4 km\.",
        answer.lines[0],
    )
    assert told
    assert 40 < int(told[1]) < 80
    assert "The master feeds 32 unit loads: 60 are too many." in answer.lines


def test_plan_that_does_not_fit_names_the_shortest_period_that_does(world: World) -> None:
    order(world, LINE)
    install(world, 60)
    lines = order(world, "readout plan schedule=1min baud_rate=300").lines
    assert any(re.match(r"The period is too short: \d+min is the shortest that fits\.", line) for line in lines)
    assert shortest_that_fits(601, {"10min": 600, "15min": 900, "1h": 3600}) == "15min"


def test_plan_without_a_line_is_refused(world: World) -> None:
    with pytest.raises(RefusedError, match="No segment has a line"):
        order(world, "readout plan")


@pytest.mark.parametrize(("loads", "metres"), [(1, 142_000), (60, 2366), (250, 568)])
def test_cable_is_as_long_as_the_manual_says(loads: int, metres: int) -> None:
    assert cable_length(loads, Decimal("0.8")) == metres
    assert cable_length(loads, Decimal("1.6")) // 4 in (metres, metres + 1)


def test_meter_costs_what_it_sent_and_how_it_is_addressed(world: World) -> None:
    secondary = Meter(id=1, secondary_address=SecondaryAddress("10473002", ELS, 1, 7))
    primary = replace(secondary, addressing=Addressing.PRIMARY, primary_address=5)
    telegram = water_meter("10473002")
    at = world.clock.stamp()
    newest = Heard(meter=1, slot=0, kind="manual", telegrams=(telegram,), at=at)  # type: ignore[arg-type]
    assert exchange_of(secondary, newest).octets - exchange_of(primary, newest).octets == 18
    assert exchange_of(primary, newest).octets == len(telegram) + 5 + 6


def test_round_tells_who_failed_and_who_was_not_asked(world: World) -> None:
    meters, now = install(world, 4), world.clock.now()
    heard(world, meters[0])
    missed(world, meters[1], Reason.NO_ANSWER)
    for meter in meters[2:]:
        missed(world, meter, Reason.CANCELLED)
    slot = int(now.timestamp())
    done = RoundProgress(number=7, slot=slot, segment="main", due=4, answered=1, missed=3, began=now, ended=now)
    world.store.round_ended(replace(done, retries=5))
    world.store.flush()
    answer = order(world.person(1), "show rounds")
    assert [cells(answer, name) for name in ("meters", "ok", "failed", "not_asked", "retries")] == [
        [4],
        [1],
        [1],
        [2],
        [5],
    ]


def test_bus_tells_how_much_of_the_time_the_last_round_took(world: World) -> None:
    order(world, LINE)
    install(world, 3)
    for number in (1, 2):
        began = world.clock.now()
        slot = int(began.timestamp())
        done = RoundProgress(number=number, slot=slot, segment="main", due=3, answered=3, missed=0, began=began)
        world.store.round_ended(replace(done, ended=began + timedelta(seconds=90)))
        world.clock.advance(seconds=900)
    world.store.flush()
    answer = order(world.person(1), "show bus")
    assert (cells(answer, "load"), cells(answer, "unit_loads")) == ([10], [3])


def test_round_that_waits_for_its_retry_says_until_when_and_for_how_many(world: World) -> None:
    order(world, LINE)
    began = world.clock.now()
    slot = int(began.timestamp())
    reads = RoundProgress(number=1, slot=slot, segment="main", due=20, answered=17, missed=0, began=began)
    world.engine.rounds["main"] = reads
    begun = f"main: round {began.astimezone(world.call.zone):%H:%M}, 17 of 20 done"
    assert order(world.person(1), "show rounds").lines == (begun,)
    until = began + timedelta(seconds=67)
    world.engine.rounds["main"] = replace(reads, waits_until=until)
    waits = f"waits until {until.astimezone(world.call.zone):%H:%M:%S} to ask 3 again"
    assert order(world.person(1), "show rounds").lines == (f"{begun}, {waits}",)
    answer = order(world.person(1), "show bus")
    assert answer.table is not None
    assert Cell({"done": 17, "due": 20, "waits_until": until}, f"17/20, {waits}") in answer.table.rows[0]


def test_media_are_counted_by_the_four_states_of_a_readout(world: World) -> None:
    meters = install(world, 4)
    heard(world, meters[0])
    for _ in range(3):
        missed(world, meters[1], Reason.NO_ANSWER)
        world.clock.advance(seconds=900)
    missed(world, meters[2], Reason.NO_ANSWER)
    answer = order(world.person(1), "show media")
    assert answer.as_data() == [
        {"medium": "water", "meters": 4, "never_read": 1, "ok": 1, "meter_error": 0, "readout_failed": 2}
    ]


def test_what_needs_a_hand_comes_with_the_order_that_helps(world: World) -> None:
    world.set_up()
    order(world, LINE)
    assert cells(order(world, "show warnings"), "advice") == ["no meter is installed: meter add"]
    (meter,) = install(world, 1)
    heard(world, meter)
    assert text(order(world, "show warnings")) == "Nothing needs a hand."
    world.clock.advance(seconds=900)
    missed(world, meter, Reason.NO_ANSWER)
    answer = order(world.person(1), "show warnings")
    assert cells(answer, "order") == ["meter explain id=1"]
    order(world, "readout stop")
    assert "readout start" in cells(order(world, "show warnings"), "order")


def test_presets_are_listed_with_their_next_run(world: World) -> None:
    answer = order(world.person(1), "show presets")
    assert dict(zip(cells(answer, "preset"), cells(answer, "seconds"), strict=True))["15min"] == 900


def test_test_of_the_bus_tells_who_answers_first(world: World) -> None:
    order(world, LINE)
    meters = install(world, 3)
    answer = order(world.person(2), "bus test main")
    assert cells(answer, "finding") == ["No answer from 10473003 (select, 3 attempts)."]
    world.engine.answers["10473002"] = water_meter("10473002")
    assert cells(order(world.person(2), "bus test"), "finding") == ["Flat 1 answers"]
    assert not world.store.readings.between(meters[1].id)
