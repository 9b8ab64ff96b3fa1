"""The line against a scripted peer, in virtual time: bad answers, echo, pauses, and orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from appliance.errors import (
    BusError,
    EncodeError,
    Garbled,
    Jammed,
    NoAnswer,
    Overload,
)
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.dialogue import (
    READOUT,
    SEARCH,
    Conversation,
    Echo,
    Readout,
    Traffic,
    Verdict,
    Wire,
    read_meter,
)
from appliance.mbus.dialogue.orders import (
    application_reset,
    give_order,
    initialize_all,
    is_anybody_there,
    set_baud_rate,
    set_primary_address,
    user_data,
)
from appliance.mbus.dialogue.timing import CME3100_READOUT, transmission_time
from appliance.mbus.framer import Received
from tests.mbus.scripted import (
    ACK,
    BROKEN_VOLTAGE,
    HASTY,
    IDENTITY,
    PATIENT,
    PRIMARY,
    SELECTED,
    WAITS,
    Answer,
    Peer,
    fail,
    read,
    telegram,
)


def test_a_request_begins_after_thirty_three_bits_of_silence() -> None:
    peer, _ = read(PRIMARY, [[(0.02, ACK)], [(0.05, telegram())]])
    acknowledged = peer.times[0] + transmission_time(5, 2400) + 0.02 + transmission_time(1, 2400)
    assert peer.times[1] - acknowledged == pytest.approx(33 / 2400)


def test_right_answer_behind_a_late_one_is_heard() -> None:
    other = telegram(header=bytes.fromhex("11111111 2d2c 08 04"))
    _, readout = read(SELECTED, [[(0.02, ACK)], [(0.05, other), (0.05 + transmission_time(30, 2400), telegram())]])
    assert readout.telegrams == (telegram(),)


def test_wrong_checksum_is_a_garbled_answer() -> None:
    answer = telegram()[:-2] + b"\x00\x16"
    _, error = fail(PRIMARY, [[(0.02, ACK)], [(0.05, answer)]])
    assert isinstance(error, Garbled)
    assert error.octets == answer


def test_one_damaged_octet_is_a_garbled_answer() -> None:
    _, error = fail(PRIMARY, [[(0.02, ACK)], [(0.05, Received(telegram(), (7,)))]])
    assert isinstance(error, Garbled)


def test_truncated_answer_ends_with_the_silence() -> None:
    peer, readout = read(PRIMARY, [[(0.02, ACK)], [(0.05, telegram()[:9])], [(0.05, telegram())]])
    broken = peer.times[1] + transmission_time(5 + 9, 2400) + 0.05
    assert readout.telegrams == (telegram(),)
    assert peer.times[2] - broken < 0.2


def test_noise_before_the_answer_costs_nothing() -> None:
    peer, readout = read(PRIMARY, [[(0.02, ACK)], [(0.01, b"\x07"), (0.06, telegram())]])
    assert readout.telegrams == (telegram(),)
    assert len(peer.sent) == 2


def test_dead_voltage_is_overload_after_the_second_sign() -> None:
    peer, error = fail(SELECTED, [[(0.0, BROKEN_VOLTAGE)]], replace(HASTY, select=(0.2,)))
    assert isinstance(error, Overload)
    assert len(peer.sent) == 2


def test_one_spike_of_dead_voltage_is_no_overload() -> None:
    _, readout = read(SELECTED, [[(0.0, BROKEN_VOLTAGE)], [(0.02, ACK)], [(0.05, telegram())]])
    assert readout.telegrams == (telegram(),)


def test_endless_talk_is_a_jam() -> None:
    _, error = fail(SELECTED, [[(0.02, bytes([0x55]) * 2000)]])
    assert isinstance(error, Jammed)


def test_talk_before_the_request_is_a_jam_when_it_does_not_stop() -> None:
    wire = Wire()
    conversation = Conversation(read_meter(PRIMARY, PATIENT), wire)
    now, steps = 0.0, 0
    wire.quiet_since = now
    while not conversation.over and steps < 10_000:
        conversation.step(now, Received(b"\x55"))
        now, steps = now + 0.01, steps + 1
    assert isinstance(conversation.error, Jammed)
    assert now < READOUT.collision_idle_time + 0.1


def test_echo_is_taken_off() -> None:
    for echo in (Echo.AUTO, Echo.ON):
        peer = Peer([], Wire(echo=echo))
        nke, request = bytes.fromhex("1040014116"), bytes.fromhex("107b017c16")
        echoed: list[list[Answer]] = [
            [(-transmission_time(5, 2400), nke), (0.02, ACK)],
            [(-transmission_time(5, 2400), request), (0.05, telegram())],
        ]
        peer.script = echoed
        conversation = peer.talk(read_meter(PRIMARY, PATIENT))
        assert isinstance(conversation.result, Readout)
        assert conversation.result.telegrams == (telegram(),)
        assert peer.wire.counters.octets_noise == 0


def test_echo_of_a_selection_is_no_answer_of_another_meter() -> None:
    selection = bytes.fromhex("68 0b 0b 68 53 fd 52 78563412 2d2c 08 04 1b 16")
    peer, error = fail(SELECTED, [[(-transmission_time(17, 2400), selection)]])
    assert isinstance(error, NoAnswer)
    assert len(peer.sent) == 3


def test_without_echo_nothing_is_taken_off() -> None:
    peer = Peer([[(0.02, ACK)], [(0.05, telegram())]], Wire(echo=Echo.OFF))
    assert isinstance(peer.talk(read_meter(PRIMARY, PATIENT)).result, Readout)


def test_automatic_time_is_the_standards_and_grows_to_the_longest() -> None:
    assert READOUT.response(2400) == pytest.approx((330 + 22) / 2400 + 0.05)
    assert READOUT.response(2400, learnt=0.4) == pytest.approx(0.4)
    assert READOUT.response(2400, learnt=9.0) == pytest.approx(1.5)
    assert SEARCH.response(2400, learnt=9.0) == pytest.approx(1.0)
    assert READOUT.response(2400, latency=0.1) == pytest.approx(READOUT.response(2400) + 0.1)
    assert READOUT.with_response(3.0).response(2400) == pytest.approx(3.0)
    assert READOUT.response(300) == pytest.approx((330 + 22) / 300 + 0.05)


def test_fixed_profile_waits_its_idle_times_to_the_end() -> None:
    peer = Peer([[(0.02, ACK)], [(0.05, telegram())]], Wire(timing=CME3100_READOUT))
    assert isinstance(peer.talk(read_meter(PRIMARY, PATIENT)).result, Readout)
    assert peer.times[1] - peer.times[0] > CME3100_READOUT.request_idle_time


def test_fixed_profile_waits_longer_after_a_collision() -> None:
    jumble = Received(bytes(range(30, 60)), tuple(range(0, 30, 2)))
    peer = Peer([[(0.02, jumble)], [(0.02, ACK)], [(0.05, telegram())]], Wire(timing=CME3100_READOUT))
    assert isinstance(peer.talk(read_meter(PRIMARY, PATIENT)).result, Readout)
    assert peer.times[1] - peer.times[0] > CME3100_READOUT.collision_idle_time


def test_late_answers_are_let_out_before_a_settled_request() -> None:
    peer = Peer([[(0.02, ACK)], [(0.05, telegram())]])
    peer.wire.quiet_since = peer.now
    assert peer.talk(read_meter(PRIMARY, replace(PATIENT, settle=1.5))).error is None
    assert peer.times[0] - 1000.0 == pytest.approx(1.5)


def test_traffic_is_told_with_what_it_was() -> None:
    told: list[tuple[Traffic, bytes, str]] = []
    peer = Peer([[(0.02, ACK)], [], [(0.05, telegram())]])
    peer.wire.follow = lambda traffic, octets, note: told.append((traffic, octets, note))
    assert peer.talk(read_meter(PRIMARY, PATIENT)).error is None
    assert [traffic for traffic, _, _ in told] == ["sent", "received", "sent", "silence", "sent", "received"]
    assert told[0][2] == "SND_NKE 1"
    assert told[3][2] == "no answer in 200 ms"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (set_primary_address(0xFD, 7), "68 06 06 68 53 fd 51 01 7a 07 23 16"),
        (set_baud_rate(1, 9600), "68 03 03 68 53 01 bd 11 16"),
        (application_reset(0xFE), "68 03 03 68 53 fe 50 a1 16"),
        (user_data(1, 0x51, b"\x01\xfd\x10\x05"), "68 07 07 68 53 01 51 01 fd 10 05 b8 16"),
    ],
)
def test_orders_are_the_frames_of_the_standard(octets: bytes, expected: str) -> None:
    assert octets == bytes.fromhex(expected)


@pytest.mark.parametrize("make", [lambda: set_primary_address(1, 251), lambda: set_baud_rate(1, 1234)])
def test_orders_no_meter_can_take_are_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(EncodeError):
        make()


def test_order_is_given_to_the_selected_meter_and_acknowledged() -> None:
    peer = Peer([[(0.02, ACK)], [(0.03, ACK)]])
    conversation = peer.talk(give_order(set_primary_address(0xFD, 7), WAITS, "set primary address", select=IDENTITY))
    assert conversation.result == pytest.approx(0.03, abs=1e-3)
    assert peer.sent[0][6] == 0x52


def test_initialising_all_waits_for_nobody() -> None:
    peer = Peer([[]])
    peer.talk(initialize_all())
    assert peer.sent == [bytes.fromhex("10 40 ff 3f 16")]
    assert peer.now - 1000.0 < 0.05


def test_a_mask_finds_one_several_or_nobody() -> None:
    mask = SecondaryAddress("1FFFFFFF")
    assert Peer([[(0.02, ACK)]]).talk(is_anybody_there(mask, WAITS)).result is Verdict.ANSWER
    assert Peer([[]]).talk(is_anybody_there(mask, WAITS)).result is Verdict.SILENCE
    jumble = Received(b"\xe4\xa5", (0, 1))
    assert Peer([[(0.02, jumble)]]).talk(is_anybody_there(mask, WAITS)).result is Verdict.COLLISION


def test_conversation_broken_off_is_over() -> None:
    conversation = Conversation(read_meter(PRIMARY, PATIENT), Wire())
    conversation.step(1000.0)
    conversation.close()
    assert conversation.over


@pytest.mark.parametrize("place", range(len(telegram())))
def test_no_flipped_octet_is_ever_taken_for_another_telegram(place: int) -> None:
    octets = bytearray(telegram())
    octets[place] ^= 0x10
    peer = Peer([[(0.02, ACK)], [(0.05, bytes(octets))]])
    conversation = peer.talk(read_meter(SELECTED, PATIENT))
    assert isinstance(conversation.error, BusError)
