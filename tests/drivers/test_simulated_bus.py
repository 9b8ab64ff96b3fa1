"""The simulated bus under a plain master: times, rates, selection on a shared wire."""

from __future__ import annotations

import pytest

from appliance.clock import VirtualClock
from appliance.mbus.address import SELECTED, SecondaryAddress
from appliance.mbus.framer import Noise
from appliance.mbus.frames import SND_NKE, SND_UD, Ack, LongFrame, ShortFrame
from drivers.simulated.building import load
from tests.drivers.simulated_master import Master, answer_in


@pytest.mark.parametrize("baud_rate", [300, 2400, 9600])
def test_reading_takes_its_wire_time_and_the_meters_own_delay(clock: VirtualClock, baud_rate: int) -> None:
    building = load("boiler-room", seed=5, baud_rate=baud_rate)
    master = Master(building.bus(clock), clock)
    bit = 1 / baud_rate
    for meter in building.meters:
        telegram = answer_in(master.request(meter.slave.primary_address))
        delay = master.took - (5 + len(telegram)) * 11 * bit
        assert 11 * bit <= delay + 1e-9
        assert delay <= 330 * bit + 0.050 + 1e-9


def test_meters_have_delays_of_their_own_and_keep_them(clock: VirtualClock) -> None:
    building = load("boiler-room", seed=5)
    master = Master(building.bus(clock), clock)
    times = []
    for _ in range(2):
        for meter in building.meters:
            master.ask(ShortFrame(SND_NKE, meter.slave.primary_address))
            times.append(round(master.took, 9))
    assert times[:8] == times[8:]
    assert len(set(times)) == 8


def test_same_seed_makes_the_same_bus(clock: VirtualClock) -> None:
    def hear(seed: int) -> bytes:
        fresh = VirtualClock()
        master = Master(load("bad-wiring", seed=seed).bus(fresh), fresh)
        return b"".join(master.send(bytes((0x10, 0x7B, place, 0x7B + place, 0x16))).octets for place in range(1, 43))

    assert hear(1) == hear(1)
    assert hear(1) != hear(2)


def test_wildcard_that_means_many_collides_and_one_that_means_one_does_not(clock: VirtualClock) -> None:
    building = load("apartment-block", meters=30, seed=2)
    master = Master(building.bus(clock), clock)
    assert any(isinstance(event, Noise) for event in master.select("FFFFFFFF"))
    address = building.meters[4].instrument.secondary_address
    assert address is not None
    assert master.select(address) == [Ack()]
    assert answer_in(master.request(SELECTED))


def test_meters_with_the_same_delay_merge_their_acknowledges(clock: VirtualClock) -> None:
    building = load("apartment-block", meters=30, seed=2, same_delay=True)
    master = Master(building.bus(clock), clock)
    assert master.select("FFFFFFFF") == [Ack()]
    assert any(isinstance(event, Noise) for event in master.request(SELECTED))


def test_search_by_digits_finds_every_meter(clock: VirtualClock) -> None:
    building = load("apartment-block", meters=10, seed=2)
    master = Master(building.bus(clock), clock)
    found = set[str]()

    def search(digits: str) -> None:
        events = master.select(digits.ljust(8, "F"))
        if events == [Ack()] and not any(isinstance(one, Noise) for one in master.request(SELECTED)):
            found.add(digits)
        elif events:
            for digit in "0123456789":
                search(digits + digit)

    search("")
    numbers = [meter.instrument.secondary_address for meter in building.meters]
    for number in numbers:
        assert number is not None
        assert sum(number.identification.startswith(digits) for digits in found) == 1


def test_meter_at_another_baud_rate_does_not_understand(clock: VirtualClock) -> None:
    building = load("bad-wiring", seed=2)
    bus = building.bus(clock)
    bus.clear_faults()
    master = Master(bus, clock)
    assert master.request(42) == []
    bus.set_baud_rate(300)
    assert answer_in(master.request(42))


def test_new_baud_rate_is_acknowledged_at_the_former_one(clock: VirtualClock) -> None:
    building = load("boiler-room", seed=2)
    bus = building.bus(clock)
    master = Master(bus, clock)
    assert master.ask(LongFrame(SND_UD, 1, 0xBB)) == [Ack()]
    assert master.request(1) == []
    bus.set_baud_rate(2400)
    assert answer_in(master.request(1))


def test_two_meters_with_one_number_are_told_apart_by_the_rest_of_the_address(clock: VirtualClock) -> None:
    building = load("bad-wiring", seed=2)
    building_bus = building.bus(clock)
    building_bus.clear_faults()
    master = Master(building_bus, clock)
    assert any(isinstance(event, Noise) for event in [*master.select("79000001"), *master.request(SELECTED)])
    assert master.select("79000001-ZRI-136-6") == [Ack()]
    assert answer_in(master.request(SELECTED))
    double = building.find("same number 2").instrument.secondary_address
    assert double is not None
    assert master.select(double) == [Ack()]
    assert answer_in(master.request(SELECTED))


def test_frame_in_pieces_is_understood_and_a_broken_one_forgotten_after_silence(clock: VirtualClock) -> None:
    building = load("boiler-room", seed=2)
    master = Master(building.bus(clock), clock)
    question = ShortFrame(SND_NKE, 1).to_bytes()
    master.bus.send(clock.monotonic(), question[:2])
    clock.advance(seconds=0.005)
    assert master.send(question[2:]).octets == b"\xe5"
    assert master.send(b"\x68\x0b\x0b\x68").octets == b""
    assert master.send(question).octets == b"\xe5"


def test_bus_without_wire_times_behaves_the_same_but_faster(clock: VirtualClock) -> None:
    building = load("apartment-block", meters=10, seed=2)
    master = Master(building.bus(clock, fast=True), clock)
    for meter in building.meters:
        assert answer_in(master.read(meter))
        assert master.took < 0.002
    assert any(isinstance(event, Noise) for event in master.select("FFFFFFFF"))


def test_every_meter_of_a_big_bus_hears_what_is_meant_for_it(clock: VirtualClock) -> None:
    building = load("factory", meters=250, seed=2)
    master = Master(building.bus(clock, fast=True), clock)
    for meter in building.meters:
        address = meter.instrument.secondary_address
        assert isinstance(address, SecondaryAddress)
        assert master.select(address) == [Ack()]
        assert [one for one in building.meters if one.slave.selected] == [meter]
