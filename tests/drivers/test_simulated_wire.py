"""The physics of the simulated bus: times of octets, and answers that meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.mbus.framer import Framer, Noise, Received
from appliance.mbus.frames import Ack
from drivers.simulated.wire import OCTET_BITS, Transmission, Wire

BIT = 1 / 2400
TELEGRAM = bytes(range(256))


def heard(*transmissions: Transmission, bit_time: float = BIT) -> Received:
    """All that a receiver makes of transmissions."""
    wire = Wire()
    for transmission in transmissions:
        wire.transmit(transmission, bit_time)
    return wire.receive(1e9)


@pytest.mark.parametrize("baud_rate", [300, 2400, 9600, 38400])
def test_octets_come_one_by_one_every_eleven_bits(baud_rate: int) -> None:
    bit = 1 / baud_rate
    wire = Wire()
    wire.transmit(Transmission(10.0, TELEGRAM, bit), bit)
    for count in range(1, len(TELEGRAM) + 1):
        end = 10.0 + count * OCTET_BITS * bit
        assert wire.receive(end - bit).octets == b""
        assert wire.next_octet() == pytest.approx(end)
        assert wire.receive(end + bit / 100).octets == TELEGRAM[count - 1 : count]
    assert wire.next_octet() is None


def test_next_event_is_the_first_octet_then_the_end() -> None:
    wire = Wire()
    wire.transmit(Transmission(10.0, TELEGRAM, BIT), BIT)
    first = wire.next_event()
    assert first == pytest.approx(10.0 + OCTET_BITS * BIT)
    assert first is not None
    assert wire.receive(first).octets == TELEGRAM[:1]
    last = wire.next_event()
    assert last == pytest.approx(10.0 + 256 * OCTET_BITS * BIT)
    assert last is not None
    assert wire.receive(last).octets == TELEGRAM[1:]
    assert wire.next_event() is None


@given(st.binary(min_size=1, max_size=40), st.sampled_from([300, 2400, 9600]))
def test_receiver_samples_what_a_lone_sender_sends(octets: bytes, baud_rate: int) -> None:
    bit = 1 / baud_rate
    flipped_twice = Transmission(0.0, octets, bit, damage=(0, 0))  # as sent, but not by the short way
    assert heard(flipped_twice, bit_time=bit) == Received(octets, ())


def test_acknowledges_at_the_same_time_merge_into_one() -> None:
    assert heard(*[Transmission(1.0, b"\xe5", BIT)] * 3) == Received(b"\xe5", ())


def test_acknowledges_half_an_octet_apart_are_damaged() -> None:
    received = heard(Transmission(1.0, b"\xe5", BIT), Transmission(1.0 + 5.5 * BIT, b"\xe5", BIT))
    assert received.damaged
    assert Ack() not in Framer().feed(received)


def test_acknowledges_one_after_the_other_are_two() -> None:
    received = heard(Transmission(1.0, b"\xe5", BIT), Transmission(1.0 + 12 * BIT, b"\xe5", BIT))
    assert received == Received(b"\xe5\xe5", ())


@given(st.integers(0, 255), st.integers(0, 255))
def test_answers_bit_by_bit_together_are_their_and(one: int, other: int) -> None:
    received = heard(Transmission(1.0, bytes((one,)), BIT), Transmission(1.0, bytes((other,)), BIT))
    assert received.octets == bytes((one & other,))
    parity = (one.bit_count() & 1) & (other.bit_count() & 1)
    assert bool(received.damaged) is (parity != (one & other).bit_count() & 1)


@given(
    st.lists(st.binary(min_size=3, max_size=30), min_size=2, max_size=4, unique=True),
    st.lists(st.floats(0, 0.02), min_size=4, max_size=4),
)
def test_collision_never_makes_up_octets_faster_than_the_rate(answers: list[bytes], starts: list[float]) -> None:
    transmissions = [Transmission(start, octets, BIT) for start, octets in zip(starts, answers, strict=False)]
    received = heard(*transmissions)
    span = max(one.end for one in transmissions) - min(one.start for one in transmissions)
    assert len(received.octets) <= span / (10.5 * BIT) + 1


def test_later_sender_spoils_only_what_has_not_come_yet() -> None:
    wire = Wire()
    wire.transmit(Transmission(0.0, b"\x55" * 10, BIT), BIT)
    before = wire.receive(5 * OCTET_BITS * BIT + BIT)
    wire.transmit(Transmission(6.5 * OCTET_BITS * BIT, b"\x00" * 10, BIT), BIT)
    after = wire.receive(1.0)
    assert before == Received(b"\x55" * 5, ())
    assert after.octets[:1] == b"\x55"
    assert after.damaged


@pytest.mark.parametrize(("sender", "receiver"), [(300, 2400), (2400, 300), (9600, 2400)])
def test_another_baud_rate_is_not_understood(sender: int, receiver: int) -> None:
    frame = bytes.fromhex("6815156808057255550000 2d2c01040f0000000406616263642a16".replace(" ", ""))
    events = Framer().feed(heard(Transmission(0.0, frame, 1 / sender), bit_time=1 / receiver))
    assert all(isinstance(event, Noise) for event in events)


def test_flipped_bit_is_told_by_parity_and_two_are_not() -> None:
    one = heard(Transmission(0.0, b"\x68\x00", BIT, damage=(9,)))
    assert one == Received(b"\x68\x01", (1,))
    two = heard(Transmission(0.0, b"\x68\x00", BIT, damage=(9, 10)))
    assert two == Received(b"\x68\x03", ())
