"""Meters that were added by a part of their address are identified by their first sound reading, whatever it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from appliance.bus.engine import Engine
from appliance.bus.engine_settings import EngineSettings
from appliance.bus.virtual import drive
from appliance.clock import VirtualClock
from appliance.events import MetersChanged, TelegramHeard
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Addressing, Meter
from appliance.ports import Heard, ReadingKind, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from drivers.simulated.bus import SimulatedBus
from tests.bus.world import MAIN, no_line
from tests.operations.test_reading import do
from tests.operations.world import World, water_meter

TOLD = SecondaryAddress.parse("10473002-ELS-1-7")


def heard(world: World, meter: int, octets: bytes, kind: ReadingKind = ReadingKind.SCHEDULED) -> Heard:
    stamp = world.clock.stamp()
    return Heard(meter=meter, slot=int(stamp.wall.timestamp()), kind=kind, telegrams=(octets,), at=stamp)


@pytest.mark.parametrize("kind", ReadingKind)
def test_first_reading_of_any_kind_identifies_a_meter(world: World, kind: ReadingKind) -> None:
    do(world, "meter add", primary="1", read="false")
    (before,) = world.store.meters.all()
    assert (before.name, before.secondary_address) == ("1", None)
    learnt = world.parts.identities.learn(heard(world, before.id, water_meter("10473002"), kind))
    (after,) = world.store.meters.all()
    assert learnt == after
    assert (after.name, after.secondary_address, after.addressing) == ("ELS water 1 10473002", TOLD, Addressing.PRIMARY)


def test_it_is_in_the_audit_trail_as_done_by_the_appliance_once(world: World) -> None:
    do(world, "meter add", primary="1", read="false")
    for _ in range(3):
        world.parts.identities.learn(heard(world, 1, water_meter("10473002")))
    rows = world.parts.doorkeeper.audit.newest(world.clock.now() - timedelta(days=1), "appliance", 10)
    assert [(row.act.what, row.act.old, row.act.new) for row in rows] == [
        (f"meter set 1 secondary_address={TOLD}", "1", "ELS water 1 10473002")
    ]


def test_meter_added_and_read_is_identified_in_the_answer(world: World) -> None:
    world.settings.set({"segment.main.url": "simulated://apartment-block"}, "test")
    world.engine.answers["1"] = water_meter("10473002")
    answer = do(world, "meter add", primary="1")
    assert answer.lines[0].startswith("ELS water 1 10473002")


def test_telegram_that_cannot_be_read_identifies_nobody(world: World) -> None:
    do(world, "meter add", primary="1", read="false")
    assert world.parts.identities.learn(heard(world, 1, b"\x68\x00\x00\x68")) == world.store.meters.find(1)
    assert world.parts.identities.learn(heard(world, 9, water_meter("10473002"))) is None


def test_service_follows_what_is_heard(world: World) -> None:
    do(world, "meter add", secondary="7FFFFFFF", read="false")
    stop, changed = threading.Event(), world.hub.follow(MetersChanged)
    service = threading.Thread(target=world.parts.identities.run, args=(stop,))
    service.start()
    try:
        found = None
        while found is None:  # until it follows
            world.hub.publish(TelegramHeard(heard(world, 1, water_meter("70473002"))))
            found = changed.get(timeout=0.05)
    finally:
        stop.set()
        service.join()
        changed.close()
    meter = world.store.meters.find(1)
    assert meter is not None
    assert meter.name == "ELS water 70473002"


@pytest.fixture
def run(world: World, clock: VirtualClock) -> Callable[[SimulatedBus, float], None]:
    """Let scheduled rounds run over the store, its meters identified by what they say."""

    def publish(event: object) -> None:
        if isinstance(event, TelegramHeard):
            world.parts.identities.learn(event.heard)

    engine = Engine(
        open_line=no_line,
        meters=world.store.meters,
        intake=world.store,
        settings=lambda: EngineSettings(segments=(MAIN,)),
        clock=clock,
        publish=publish,
        wanted=lambda kind: False,
    )

    def run(bus: SimulatedBus, minutes: float) -> None:
        drive(engine, {"main": bus}, clock, clock.monotonic() + minutes * 60)
        world.store.flush()

    return run


@pytest.mark.parametrize("known", [{"primary_address": 5}, {"secondary_address": SecondaryAddress("FFFFFFFF")}])
def test_meter_swapped_after_its_first_reading_is_noticed(
    world: World, clock: VirtualClock, run: Callable[[SimulatedBus, float], None], known: dict[str, object]
) -> None:
    building = load("apartment-block", meters=1)
    bus = building.bus(clock)
    place = bus.meters[0]
    place.slave.primary_address = 5
    addressing = Addressing.PRIMARY if "primary_address" in known else Addressing.SECONDARY
    world.store.meters.add(Meter(id=0, addressing=addressing, **known))  # type: ignore[arg-type]  # one of two cases
    run(bus, 5)
    bus.put_fault(Fault.WRONG_ID, clock.monotonic())
    run(bus, 15)
    (missed,) = world.store.readings.missed(0)
    assert missed.reason is Reason.WRONG_ANSWER
