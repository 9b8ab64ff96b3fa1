"""Readouts of one meter against a scripted peer, in virtual time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.errors import (
    ApplicationError,
    BusError,
    Collision,
    Jammed,
    NoAnswer,
    Overload,
    WrongAnswer,
)
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.dialogue import (
    Readout,
    Target,
)
from appliance.mbus.dialogue.timing import transmission_time
from appliance.mbus.frames import LongFrame
from tests.mbus.scripted import (
    ACK,
    BOTH,
    BROKEN_VOLTAGE,
    HASTY,
    IDENTITY,
    INSISTING,
    PATIENT,
    PRIMARY,
    SELECTED,
    Answer,
    Peer,
    fail,
    read,
    telegram,
)


def test_primary_meter_is_initialised_and_read_with_the_bit_set() -> None:
    peer, readout = read(PRIMARY, [[(0.02, ACK)], [(0.05, telegram())]])
    assert peer.sent == [bytes.fromhex("10 40 01 41 16"), bytes.fromhex("10 7b 01 7c 16")]
    assert readout.telegrams == (telegram(),)
    assert readout.next_bit is False
    assert readout.slowest == pytest.approx(0.05, abs=1e-3)


def test_secondary_meter_is_selected_and_asked_at_253() -> None:
    peer, readout = read(SELECTED, [[(0.02, ACK)], [(0.05, telegram(address=5))]])
    assert peer.sent[0] == bytes.fromhex("68 0b 0b 68 53 fd 52 78563412 2d2c 08 04 1b 16")
    assert peer.sent[1] == bytes.fromhex("10 7b fd 78 16")
    assert readout.telegrams == (telegram(address=5),)


def test_enhanced_selection_carries_the_fabrication_number() -> None:
    target = Target(address=0xFD, identity=replace(IDENTITY, fabrication="87654321"))
    peer, _ = read(target, [[(0.02, ACK)], [(0.05, telegram())]])
    assert peer.sent[0][15:21] == bytes.fromhex("0c78 21436587")


def test_application_reset_goes_before_the_request() -> None:
    target = replace(SELECTED, reset=True, reset_subcode=0x10)
    peer, _ = read(target, [[(0.02, ACK)], [(0.02, ACK)], [(0.05, telegram())]])
    assert peer.sent[1] == bytes.fromhex("68 04 04 68 53 fd 50 10 b0 16")
    assert peer.sent[2] == bytes.fromhex("10 7b fd 78 16")


def test_a_repeated_request_keeps_the_bit() -> None:
    garbled = bytearray(telegram())
    garbled[-2] ^= 1
    peer, readout = read(PRIMARY, [[(0.02, ACK)], [(0.05, bytes(garbled))], [(0.05, telegram())]])
    assert [octets[1] for octets in peer.sent] == [0x40, 0x7B, 0x7B]
    assert readout.next_bit is False
    assert peer.wire.counters.garbled == 1
    assert peer.wire.counters.repeats == 1


def test_silent_meter_is_left_at_once_when_asked_hastily() -> None:
    peer, error = fail(SELECTED, [[]], HASTY)
    assert isinstance(error, NoAnswer)
    assert len(peer.sent) == 1


def test_silent_meter_gets_all_attempts_when_asked_patiently() -> None:
    peer, error = fail(SELECTED, [[]])
    assert isinstance(error, NoAnswer)
    assert "3 times" in str(error)
    assert len(peer.sent) == 3
    assert peer.times[2] - peer.times[1] == pytest.approx(transmission_time(17, 2400) + 1.5)


@pytest.mark.parametrize("answer", [[], [(0.05, telegram()[:-2] + b"\x00\x16")], [(0.05, telegram(address=9))]])
def test_a_meter_that_answers_badly_is_left_at_once_when_asked_hastily(answer: list[Answer]) -> None:
    peer, error = fail(PRIMARY, [[(0.02, ACK)], answer], HASTY)
    assert isinstance(error, BusError)
    assert len(peer.sent) == 2


def test_late_answer_is_waited_for_patiently() -> None:
    peer, readout = read(SELECTED, [[(0.02, ACK)], [], [(0.9, telegram())]])
    assert len(peer.sent) == 3
    assert readout.slowest == pytest.approx(0.9, abs=1e-3)


def test_meter_that_never_acknowledges_is_asked_for_its_data_all_the_same() -> None:
    peer, readout = read(PRIMARY, [[], [(0.05, telegram())]], INSISTING)
    assert [octets[1] for octets in peer.sent] == [0x40, 0x7B]
    assert readout.telegrams == (telegram(),)


def test_what_a_meter_repeats_that_was_perhaps_not_reset_is_asked_for_with_the_other_bit() -> None:
    target = replace(PRIMARY, known=telegram(access=1))
    peer, readout = read(target, [[], [(0.05, telegram(access=1))], [(0.05, telegram(access=2))]], INSISTING)
    assert [octets[1] for octets in peer.sent] == [0x40, 0x7B, 0x5B]
    assert readout.telegrams == (telegram(access=2),)
    assert read(target, [[(0.02, ACK)], [(0.05, telegram(access=1))]])[1].telegrams == (telegram(access=1),)


def test_dead_meter_costs_no_more_where_its_acknowledgement_is_not_insisted_on() -> None:
    peer, error = fail(PRIMARY, [[]], INSISTING)
    assert isinstance(error, NoAnswer)
    assert len(peer.sent) == len(PATIENT.select)


def test_application_reset_that_is_not_acknowledged_does_not_keep_the_data_from_being_read() -> None:
    _, readout = read(replace(SELECTED, reset=True), [[(0.02, ACK)], [], [], [], [(0.05, telegram())]], INSISTING)
    assert readout.telegrams == (telegram(),)


def test_late_answer_of_another_meter_is_never_taken() -> None:
    other = telegram(header=bytes.fromhex("11111111 2d2c 08 04"))
    _, error = fail(SELECTED, [[(0.02, ACK)], [(0.05, other)]])
    assert isinstance(error, WrongAnswer)
    assert error.octets == other


def test_answer_from_another_primary_address_is_not_taken() -> None:
    _, error = fail(PRIMARY, [[(0.02, ACK)], [(0.05, telegram(address=2))]])
    assert isinstance(error, WrongAnswer)


def test_swapped_meter_behind_the_same_primary_address_is_noticed() -> None:
    _, error = fail(
        replace(PRIMARY, identity=SecondaryAddress.parse("87654321")), [[(0.02, ACK)], [(0.05, telegram())]]
    )
    assert isinstance(error, WrongAnswer)


def test_fixed_structure_is_told_by_its_identification_alone() -> None:
    answer = LongFrame(0x08, 1, 0x73, bytes.fromhex("78563412 0a 00 e9 7e 01000000 35010000")).to_bytes()
    _, readout = read(SELECTED, [[(0.02, ACK)], [(0.05, answer)]])
    assert readout.telegrams == (answer,)


def test_identification_with_the_most_significant_octet_first() -> None:
    answer = LongFrame(0x08, 1, 0x76, bytes.fromhex("12345678 2c2d 08 04 01 00 0000")).to_bytes()
    _, readout = read(SELECTED, [[(0.02, ACK)], [(0.05, answer)]])
    assert readout.telegrams == (answer,)


def test_acknowledgement_is_no_answer_to_a_request_for_data() -> None:
    _, error = fail(PRIMARY, [[(0.02, ACK)], [(0.05, ACK)]])
    assert isinstance(error, WrongAnswer)


def test_application_error_is_told_with_its_code() -> None:
    busy = LongFrame(0x08, 1, 0x70, b"\x08").to_bytes()
    _, error = fail(PRIMARY, [[(0.02, ACK)], [(0.05, busy)]])
    assert isinstance(error, ApplicationError)
    assert error.code == 8


def _after(octets: bytes) -> list[Answer]:
    return [(0.05, octets)]


def multi(*telegrams: bytes, most: int = 32) -> tuple[Peer, Readout]:
    target = replace(PRIMARY, most_telegrams=most, announces_more=lambda octets: octets[-3] == 0x1F)
    return read(target, [[(0.02, ACK)], *(_after(octets) for octets in telegrams)])


def test_further_telegrams_are_asked_for_with_toggling_bits() -> None:
    first, second, third = telegram(b"\x01\x1f"), telegram(b"\x02\x1f"), telegram(b"\x03")
    peer, readout = multi(first, second, third)
    assert readout.telegrams == (first, second, third)
    assert [octets[1] for octets in peer.sent[1:]] == [0x7B, 0x5B, 0x7B]


def test_only_so_many_telegrams_are_read() -> None:
    first, second, third = telegram(b"\x01\x1f"), telegram(b"\x02\x1f"), telegram(b"\x03")
    assert multi(first, second, third, most=2)[1].telegrams == (first, second)
    assert multi(first, second, third, most=1)[1].telegrams == (first,)


def test_equal_telegram_twice_ends_the_readout() -> None:
    first = telegram(b"\x01\x1f")
    peer, readout = multi(first, first)
    assert readout.telegrams == (first,)
    assert len(peer.sent) == 3


def test_meter_without_end_is_left_after_the_most_telegrams() -> None:
    endless = [telegram(bytes((number, 0x1F))) for number in range(40)]
    _, readout = multi(*endless)
    assert len(readout.telegrams) == 32


MORE = replace(PRIMARY, most_telegrams=4, announces_more=lambda octets: True)


def test_first_telegram_is_kept_when_a_further_one_fails_and_why_it_did() -> None:
    _, readout = read(MORE, [[(0.02, ACK)], [(0.05, telegram())], []])
    assert readout.telegrams == (telegram(),)
    assert readout.next_bit is False
    assert isinstance(readout.broken_off, NoAnswer)
    busy = LongFrame(0x08, 1, 0x70, b"\x08").to_bytes()
    _, readout = read(MORE, [[(0.02, ACK)], [(0.05, telegram())], [(0.05, busy)]])
    assert isinstance(readout.broken_off, ApplicationError)


def test_whole_readout_is_not_broken_off() -> None:
    assert multi(telegram(b"\x01\x1f"), telegram(b"\x02"))[1].broken_off is None


@pytest.mark.parametrize(
    ("answer", "error"), [((0.0, BROKEN_VOLTAGE), Overload), ((0.02, bytes([0x55]) * 2000), Jammed)]
)
def test_bus_that_fails_at_a_further_telegram_is_no_matter_of_the_meter(answer: Answer, error: type[BusError]) -> None:
    assert isinstance(fail(MORE, [[(0.02, ACK)], [(0.05, telegram())], [answer]])[1], error)


def test_repeated_news_after_a_restart_is_asked_for_with_the_other_bit() -> None:
    target = replace(PRIMARY, initialize=False, known=telegram(access=1))
    peer, readout = read(target, [[(0.05, telegram(access=1))], [(0.05, telegram(access=2))]])
    assert [octets[1] for octets in peer.sent] == [0x7B, 0x5B]
    assert readout.telegrams == (telegram(access=2),)
    assert readout.next_bit is True


def test_meter_never_initialised_is_asked_with_the_bit_remembered() -> None:
    peer, _ = read(replace(PRIMARY, initialize=False, first_bit=False), [[(0.05, telegram())]])
    assert peer.sent == [bytes.fromhex("10 5b 01 5c 16")]


def test_two_meters_at_once_are_a_collision() -> None:
    _, error = fail(SELECTED, [BOTH])
    assert isinstance(error, Collision)


def test_meter_that_missed_a_selection_is_let_go_by_another() -> None:
    script: list[list[Answer]] = [[(0.02, ACK)], BOTH, BOTH, BOTH, [(0.02, ACK)], [(0.05, telegram(address=5))]]
    peer, readout = read(SELECTED, script)
    assert readout.telegrams == (telegram(address=5),)
    assert peer.sent[4] == peer.sent[0]


def test_meter_that_is_selected_once_more_keeps_the_application_it_was_reset_to() -> None:
    target = replace(SELECTED, reset=True, reset_subcode=0x10)
    script: list[list[Answer]] = [[(0.02, ACK)], [(0.02, ACK)], BOTH, [(0.02, ACK)], [(0.05, telegram())]]
    peer, _ = read(target, script, HASTY)
    select, reset, request = peer.sent[:3]
    assert peer.sent == [select, reset, request, select, request]


@pytest.mark.parametrize("second", [[], BOTH, [(0.02, ACK)]])
def test_several_that_answered_stay_the_reason_if_selecting_once_more_helps_nothing(second: list[Answer]) -> None:
    _, error = fail(SELECTED, [[(0.02, ACK)], BOTH, second, []], HASTY)
    assert isinstance(error, Collision)


def test_two_meters_of_one_address_stay_a_collision_however_often_they_are_selected() -> None:
    peer, error = fail(SELECTED, [[(0.02, ACK)], BOTH, BOTH, BOTH, [(0.02, ACK)], BOTH])
    assert isinstance(error, Collision)
    assert "asked 3 times" in str(error)
    assert len(peer.sent) == 6
