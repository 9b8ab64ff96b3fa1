"""The master's dialogues against a scripted peer, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from appliance.errors import (
    ApplicationError,
    BusError,
    Collision,
    EncodeError,
    Garbled,
    Jammed,
    NoAnswer,
    Overload,
    WrongAnswer,
)
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.dialogue import (
    READOUT,
    SEARCH,
    Conversation,
    Echo,
    Patience,
    Readout,
    Target,
    Traffic,
    Verdict,
    Wire,
    read_meter,
)
from appliance.mbus.dialogue.conversation import Dialogue
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
from appliance.mbus.frames import LongFrame

ACK = b"\xe5"
HEADER = bytes.fromhex("78563412 2d2c 08 04")  # 12345678-KAM-8-4
IDENTITY = SecondaryAddress.from_bytes(HEADER)
BROKEN_VOLTAGE = Received(bytes(20), tuple(range(20)))

Answer = tuple[float, bytes | Received]  # delay after the request's end, octets
BOTH: list[Answer] = [(0.02, Received(bytes(range(30, 60)), tuple(range(0, 30, 2))))]  # what two answers at once leave


def telegram(data: bytes = b"", *, address: int = 1, header: bytes = HEADER, access: int = 1) -> bytes:
    return LongFrame(0x08, address, 0x72, header + bytes((access, 0, 0, 0)) + data).to_bytes()


@dataclass
class Peer:
    """Answers by a script: the n-th request that was sent gets the n-th list of answers; the last one for ever."""

    script: list[list[Answer]]
    wire: Wire = field(default_factory=Wire)
    sent: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    now: float = 1000.0

    def talk(self, dialogue: Dialogue[object]) -> Conversation[object]:
        conversation = Conversation(dialogue, self.wire)
        coming: list[tuple[float, Received]] = []
        received = Received()
        while not conversation.over:
            action = conversation.step(self.now, received)
            if action.send:
                coming += self._answers(action.send)
            arrives = coming[0][0] if coming else float("inf")
            self.now = max(self.now, min(action.wait_until, arrives))
            received = coming.pop(0)[1] if arrives <= self.now else Received()
        return conversation

    def _answers(self, octets: bytes) -> list[tuple[float, Received]]:
        self.sent.append(octets)
        self.times.append(self.now)
        end = self.now + transmission_time(len(octets), self.wire.baud_rate)
        answers = []
        for delay, answer in self.script[min(len(self.sent), len(self.script)) - 1]:
            heard = answer if isinstance(answer, Received) else Received(answer)
            begins = end + delay
            for place in range(len(heard.octets)):
                arrives = begins + transmission_time(place + 1, self.wire.baud_rate)
                damaged = (0,) if place in heard.damaged else ()
                answers.append((arrives, Received(heard.octets[place : place + 1], damaged)))
        return answers


WAITS = (0.2, 1.5, 1.5)
PATIENT = Patience(select=WAITS, request=WAITS)
HASTY = Patience(select=WAITS[:1], request=WAITS[:1])
INSISTING = replace(PATIENT, insist=True)
PRIMARY = Target(address=1)
SELECTED = Target(address=0xFD, identity=IDENTITY)


def read(target: Target, script: list[list[Answer]], patience: Patience = PATIENT) -> tuple[Peer, Readout]:
    peer = Peer(script)
    conversation = peer.talk(read_meter(target, patience))
    assert conversation.error is None
    assert isinstance(conversation.result, Readout)
    return peer, conversation.result


def fail(target: Target, script: list[list[Answer]], patience: Patience = PATIENT) -> tuple[Peer, Exception]:
    peer = Peer(script)
    conversation = peer.talk(read_meter(target, patience))
    assert conversation.error is not None
    return peer, conversation.error


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


def test_a_request_begins_after_thirty_three_bits_of_silence() -> None:
    peer, _ = read(PRIMARY, [[(0.02, ACK)], [(0.05, telegram())]])
    acknowledged = peer.times[0] + transmission_time(5, 2400) + 0.02 + transmission_time(1, 2400)
    assert peer.times[1] - acknowledged == pytest.approx(33 / 2400)


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


def test_right_answer_behind_a_late_one_is_heard() -> None:
    other = telegram(header=bytes.fromhex("11111111 2d2c 08 04"))
    _, readout = read(SELECTED, [[(0.02, ACK)], [(0.05, other), (0.05 + transmission_time(30, 2400), telegram())]])
    assert readout.telegrams == (telegram(),)


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


def test_two_meters_of_one_address_stay_a_collision_however_often_they_are_selected() -> None:
    peer, error = fail(SELECTED, [[(0.02, ACK)], BOTH, BOTH, BOTH, [(0.02, ACK)], BOTH])
    assert isinstance(error, Collision)
    assert "asked 3 times" in str(error)
    assert len(peer.sent) == 6


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
