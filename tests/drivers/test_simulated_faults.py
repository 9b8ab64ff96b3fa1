"""Each fault of the simulated bus as a master sees it on the wire."""

from __future__ import annotations

import pytest

from appliance.clock import VirtualClock
from appliance.errors import LineLost, SettingError
from appliance.mbus.address import SELECTED
from appliance.mbus.framer import Noise
from appliance.mbus.frames import Ack, LongFrame
from appliance.mbus.telegram import decode
from appliance.simulated_faults import BUS_FAULTS, Fault
from drivers.simulated.building import Building, load
from drivers.simulated.meter import LATEST_BITS, LATEST_MARGIN, SimulatedMeter
from tests.drivers.simulated_master import Master, answer_in

LATEST = LATEST_BITS / 2400 + LATEST_MARGIN
SELECT_TIME = 17 * 11 / 2400


@pytest.fixture
def building() -> Building:
    return load("apartment-block", meters=12, seed=3)


@pytest.fixture
def master(building: Building, clock: VirtualClock) -> Master:
    return Master(building.bus(clock), clock)


@pytest.fixture
def bad(building: Building) -> SimulatedMeter:
    return building.meters[0]


@pytest.fixture
def good(building: Building) -> SimulatedMeter:
    return building.meters[1]


def energy_of(telegram: bytes) -> int:
    raw = next(one.raw for one in decode(telegram).records or () if one.meaning.quantity == "energy")
    assert isinstance(raw, int)
    return raw


def test_sound_meter_answers_in_time_with_its_own_number(master: Master, good: SimulatedMeter) -> None:
    telegram = answer_in(master.read(good))
    address = good.instrument.secondary_address
    assert address is not None
    assert decode(telegram).secondary_address == address.without_fabrication()
    assert master.took <= 5 * 11 / 2400 + LATEST + len(telegram) * 11 / 2400


@pytest.mark.parametrize("fault", sorted(set(Fault) - BUS_FAULTS - {Fault.BABBLING}))
def test_fault_of_one_meter_costs_no_other_its_answer(
    master: Master, building: Building, bad: SimulatedMeter, fault: Fault
) -> None:
    master.put(fault, bad)
    master.read(bad)
    for meter in building.meters[1:]:
        assert answer_in(master.read(meter))


@pytest.mark.parametrize("fault", list(Fault))
def test_fault_ends_when_its_time_is_over(
    master: Master, bad: SimulatedMeter, clock: VirtualClock, fault: Fault
) -> None:
    address = bad.instrument.secondary_address
    assert address is not None
    master.put(fault, bad, 60.0)
    if fault is not Fault.VANISHING_LINE:
        master.read(bad)
    clock.advance(minutes=2)
    master.bus.take(clock.monotonic())
    telegram = answer_in(master.read(bad))
    assert decode(telegram).secondary_address == address.without_fabrication()
    assert not decode(telegram).more


@pytest.mark.parametrize("fault", [Fault.DEAF, Fault.WRONG_CHECKSUM])
def test_faults_can_be_switched_off(master: Master, bad: SimulatedMeter, fault: Fault) -> None:
    master.put(fault, bad)
    assert not any(isinstance(event, LongFrame) for event in master.read(bad))
    master.bus.clear_faults(bad)
    assert answer_in(master.read(bad))


def test_deaf_meter_is_silent(master: Master, bad: SimulatedMeter) -> None:
    master.put(Fault.DEAF, bad)
    address = bad.instrument.secondary_address
    assert address is not None
    assert master.select(address) == []


def test_late_meter_answers_after_the_time_an_answer_is_due_in(master: Master, bad: SimulatedMeter) -> None:
    address = bad.instrument.secondary_address
    assert address is not None
    master.put(Fault.LATE, bad)
    assert master.select(address) == [Ack()]
    assert master.took > SELECT_TIME + LATEST


def test_late_answer_falls_into_the_question_to_another(
    master: Master, building: Building, bad: SimulatedMeter, clock: VirtualClock
) -> None:
    master.put(Fault.LATE, bad)
    address = bad.instrument.secondary_address
    assert address is not None
    master.select(address)
    master.bus.send(clock.monotonic(), bytes.fromhex("107bfd7816"))
    clock.advance(seconds=0.25)
    assert master.bus.take(clock.monotonic()).octets == b""
    assert any(isinstance(event, LongFrame) for event in master.request(7))


def test_babbling_meter_sends_octets_nobody_asked_for(master: Master, bad: SimulatedMeter, clock: VirtualClock) -> None:
    master.put(Fault.BABBLING, bad)
    bursts = [octets for octets in (master.listen().octets for _ in range(20)) if octets]
    assert 5 <= len(bursts) <= 20
    clock.advance(days=1)
    assert master.bus.take(clock.monotonic()).octets


def test_babbling_meter_leaves_time_for_others_on_a_bus_without_wire_times(
    building: Building, bad: SimulatedMeter, clock: VirtualClock
) -> None:
    master = Master(building.bus(clock, fast=True), clock)
    master.put(Fault.BABBLING, bad)
    bursts = sum(bool(master.listen().octets) for _ in range(20))
    assert 5 <= bursts <= 20
    clock.advance(seconds=20)
    assert len(master.bus.take(clock.monotonic()).octets) < 200


def test_babbling_bus_is_never_idle(master: Master, clock: VirtualClock) -> None:
    master.put(Fault.BABBLING)
    octets = master.listen().octets
    assert len(octets) > 0.8 * 3.0 * 2400 / 11


def test_wrong_checksum_has_no_parity_error(master: Master, bad: SimulatedMeter) -> None:
    master.put(Fault.WRONG_CHECKSUM, bad)
    (noise,) = master.read(bad)
    assert isinstance(noise, Noise)
    assert noise.kind == "broken"


def test_wrong_id_is_a_sound_answer_of_another(master: Master, bad: SimulatedMeter) -> None:
    master.put(Fault.WRONG_ID, bad)
    address = decode(answer_in(master.read(bad))).secondary_address
    assert address is not None
    assert bad.instrument.secondary_address is not None
    assert address.identification != bad.instrument.secondary_address.identification


def test_duplicate_address_collides(master: Master, bad: SimulatedMeter) -> None:
    master.put(Fault.DUPLICATE_ADDRESS, bad)
    address = bad.instrument.secondary_address
    assert address is not None
    master.select(address.without_fabrication())
    assert any(isinstance(event, Noise) for event in master.request(SELECTED))


def test_double_has_another_fabrication_number(master: Master, bad: SimulatedMeter) -> None:
    master.put(Fault.DUPLICATE_ADDRESS, bad)
    address = bad.instrument.secondary_address
    assert address is not None
    assert master.select(address) == [Ack()]
    assert answer_in(master.request(SELECTED))


def test_shorted_bus_reads_as_damaged_zeros(master: Master, bad: SimulatedMeter) -> None:
    master.put(Fault.SHORT_CIRCUIT, bad)
    received = master.send(bytes.fromhex("1040fd3d16"))
    assert received.octets
    assert set(received.octets) == {0}
    assert len(received.damaged) == len(received.octets)


def test_echo_gives_back_what_was_sent_before_the_answer(master: Master) -> None:
    question = bytes.fromhex("68 0B 0B 68 53 FD 52 FF FF FF FF FF FF FF FF 9A 16")
    master.put(Fault.ECHO)
    assert master.send(question).octets.startswith(question)


def test_truncated_answer_breaks_off(master: Master, bad: SimulatedMeter) -> None:
    whole = answer_in(master.read(bad))
    master.put(Fault.TRUNCATED, bad)
    events = master.read(bad)
    assert all(isinstance(event, Noise) for event in events)
    assert 0 < sum(len(event.octets) for event in events if isinstance(event, Noise)) < len(whole)


def test_bit_errors_are_seen_as_damage(master: Master, bad: SimulatedMeter) -> None:
    master.bus.bit_error_rate = 0.01
    master.put(Fault.BIT_ERRORS, bad)
    events = [event for _ in range(10) for event in master.read(bad)]
    assert any(isinstance(event, Noise) and event.kind == "damaged" for event in events)


def test_endless_meter_always_announces_another_telegram(master: Master, bad: SimulatedMeter) -> None:
    master.put(Fault.ENDLESS, bad)
    telegrams = [answer_in(master.read(bad))]
    telegrams += [answer_in(master.request(SELECTED, bit=bool(count % 2))) for count in range(40)]
    assert all(decode(telegram).more for telegram in telegrams)
    assert len(set(telegrams)) == len(telegrams)


def test_meter_that_ignores_the_bit_skips_a_telegram_when_asked_again(clock: VirtualClock) -> None:
    building = load("boiler-room", seed=1)
    master = Master(building.bus(clock), clock)
    first = building.meters[0]
    whole = answer_in(master.request(1)), answer_in(master.request(1))
    assert decode(whole[0]).records == decode(whole[1]).records or len(whole[0]) == len(whole[1])
    master.put(Fault.FRAME_COUNT_BIT_IGNORED, first)
    again = answer_in(master.request(1)), answer_in(master.request(1))
    assert len(again[0]) != len(again[1])


def test_strict_meter_repeats_its_very_octets_while_the_bit_stays(master: Master, bad: SimulatedMeter) -> None:
    master.put(Fault.FRAME_COUNT_BIT_STRICT, bad)
    first = answer_in(master.read(bad))
    assert answer_in(master.request(SELECTED)) == first
    assert answer_in(master.request(SELECTED, bit=False)) != first


def test_counter_running_back(master: Master, bad: SimulatedMeter, clock: VirtualClock) -> None:
    values = [energy_of(answer_in(master.read(bad)))]
    master.put(Fault.RUNNING_BACK, bad)
    for _ in range(3):
        master.read(bad)
        clock.advance(days=20)
        values.append(energy_of(answer_in(master.read(bad))))
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0]
    master.bus.clear_faults()
    assert energy_of(answer_in(master.read(bad))) > values[0]


def test_swapped_meter_answers_at_the_same_primary_address_with_another_number(clock: VirtualClock) -> None:
    building = load("boiler-room", seed=1)
    master = Master(building.bus(clock), clock)
    before = decode(answer_in(master.request(1))).secondary_address
    master.put(Fault.SWAPPED, building.meters[0])
    after = decode(answer_in(master.request(1))).secondary_address
    assert before is not None
    assert after is not None
    assert before.identification != after.identification
    assert master.select(before) == []
    assert master.select(after) == [Ack()]


def test_vanished_line_is_lost_to_sender_and_listener(master: Master, clock: VirtualClock) -> None:
    master.put(Fault.VANISHING_LINE, duration=30)
    with pytest.raises(LineLost):
        master.bus.send(clock.monotonic(), b"\xe5")
    with pytest.raises(LineLost):
        master.bus.take(clock.monotonic())
    clock.advance(seconds=30)
    master.bus.take(clock.monotonic())


def test_vanishing_line_comes_back_again_and_again(master: Master, clock: VirtualClock) -> None:
    master.put(Fault.VANISHING_LINE)
    gone = 0
    for _ in range(3600):
        try:
            master.bus.take(clock.monotonic())
        except LineLost:
            gone += 1
        clock.advance(seconds=1)
    assert gone == 4 * 20


def test_fault_of_the_whole_bus_is_every_meters(master: Master, building: Building) -> None:
    master.put(Fault.DEAF)
    assert all(master.read(meter) == [] for meter in building.meters)
    master.bus.clear_faults()
    assert all(answer_in(master.read(meter)) for meter in building.meters)


def test_unknown_fault_is_told_with_the_names_there_are() -> None:
    with pytest.raises(SettingError, match="deaf, late, babbling"):
        Fault.parse("deff")
