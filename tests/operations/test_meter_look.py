"""A close look at one meter: its log, its octets, its readings live, why it is silent, its names."""

from __future__ import annotations

import pytest

from appliance.errors import RefusedError
from appliance.events import ReadingMissed, TelegramHeard
from appliance.ports import Heard, Missed, ReadingKind, Reason
from tests.operations.orders import cells, order, started, text
from tests.operations.test_meter_state import heard, install, missed
from tests.operations.world import World, water_meter

LINE = "set segment.main.url=tcp://10.0.0.5:10001"


def read(world: World, meter: int, status: int) -> Heard:
    slot, at = int(world.clock.now().timestamp()), world.clock.stamp()
    telegrams = (water_meter("10473001", status=status),)
    reading = Heard(meter=meter, slot=slot, kind=ReadingKind.SCHEDULED, telegrams=telegrams, at=at)
    world.store.accept(reading)
    world.store.flush()
    return reading


def test_log_of_a_meter_has_its_status_octets_in_words(world: World) -> None:
    (meter,) = install(world, 1)
    for status in (0, 0x04, 0x04, 0):
        read(world, meter.id, status)
        world.clock.advance(seconds=900)
    answer = order(world.person(1), "meter log id=1")
    assert cells(answer, "status") == ["ok", "low power"]
    assert cells(answer, "octet") == [0, 4]
    assert text(order(world, "meter log id=1 until=2020-01-01")) == "Flat 0 has no line in its log in this time."


def test_telegram_is_taken_apart_octet_by_octet(world: World) -> None:
    (meter,) = install(world, 1)
    read(world, meter.id, 0)
    answer = order(world.person(1), "meter telegram id=1")
    assert "".join(str(octets) for octets in cells(answer, "octets")).replace(" ", "") == (
        water_meter("10473001").hex().upper()
    )
    meanings = dict(zip(cells(answer, "octets"), cells(answer, "meaning"), strict=True))
    assert meanings["07 23 41 00"] == "volume 412.307 m3"
    with pytest.raises(RefusedError, match="has no reading until then"):
        order(world, "meter telegram id=1 at=2020-01-01")


def test_new_readings_are_followed_live(world: World) -> None:
    one, other = install(world, 2)
    live = started(world.person(1), f"meter watch id={one.id} count=2").live
    assert live is not None
    at = world.clock.stamp()
    world.hub.publish(TelegramHeard(read(world, other.id, 0)))
    world.hub.publish(TelegramHeard(read(world, one.id, 4)))
    detail = "No answer."
    kind = ReadingKind.SCHEDULED
    missing = Missed(meter=one.id, slot=0, kind=kind, reason=Reason.NO_ANSWER, detail=detail, at=at)
    world.hub.publish(ReadingMissed(missing))
    assert [item.line.split("  ")[1:] for item in live] == [
        ["Flat 0", "412.307 m3", "low power"],
        ["Flat 0", "No answer.", "no answer"],
    ]


def test_silent_meter_among_sound_neighbours_is_explained_by_itself(world: World) -> None:
    order(world, LINE)
    meters = install(world, 5)
    for meter in meters:
        heard(world, meter)
    world.clock.advance(seconds=900)
    missed(world, meters[0], Reason.NO_ANSWER, "No answer to select, 3 attempts.")
    told = text(order(world.person(1), "meter explain id=1"))
    assert "Flat 0, secondary 10473001, main 2400 Bd." in told
    assert "1 readout failed since 2026-11-21 06:15:00, the last: No answer to select, 3 attempts." in told
    assert "Its neighbours on main answer (4 of 4): bus and master are sound." in told
    assert "marked: no" in told


def test_silent_meter_among_silent_ones_points_to_the_cable(world: World) -> None:
    order(world, LINE)
    for meter in install(world, 5):
        missed(world, meter, Reason.NO_ANSWER)
    assert "Most of its neighbours on main are silent too (0 of 4)." in text(order(world, "meter explain id=1"))


def test_meter_with_an_error_is_explained_by_its_status(world: World) -> None:
    (meter,) = install(world, 1)
    read(world, meter.id, 0x04)
    told = text(order(world, "meter explain id=1"))
    assert "It answers and reports low power (04): low power: replace the battery" in told
    assert "neighbours" not in told


def test_meters_are_named_by_a_template(world: World) -> None:
    install(world, 2)
    answer = order(world.person(2), 'meter rename all template="{medium} {number}"')
    assert cells(answer, "name") == ["water 1", "water 2"]
    assert [meter.name for meter in world.store.meters.all()] == ["water 1", "water 2"]
    order(world, "meter rename id=1")
    assert world.store.meters.all()[0].name == "ELS water 10473001"


def test_state_and_address_of_a_meter_are_set_as_fields(world: World) -> None:
    install(world, 1)
    order(world.person(2), "meter set id=1 state=passive secondary_address=10479999")
    (meter,) = world.store.meters.all()
    assert not meter.active
    assert meter.secondary_address is not None
    assert meter.secondary_address.identification == "10479999"
    with pytest.raises(RefusedError):
        order(world, "meter set id=1 secondary_address=xyzzyxyz")
    with pytest.raises(RefusedError, match="state takes active or passive, not asleep"):
        order(world, "meter set id=1 state=asleep")


def test_readings_tell_the_verdict_and_the_status_in_words(world: World) -> None:
    (meter,) = install(world, 1)
    read(world, meter.id, 0x04)
    answer = order(world, "meter readings id=1")
    assert (cells(answer, "status"), cells(answer, "message")) == (["error"], ["M-Bus status low power"])
