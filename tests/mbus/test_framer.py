"""The framer finds every frame, however the octets come and whatever noise is around; noise is an event."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.mbus.framer import Framer, Noise, NoiseKind, Received
from appliance.mbus.frames import MAXIMUM_FRAME, Ack, Frame, LongFrame, ShortFrame

REQUEST = ShortFrame(0x5B, 1)
ANSWER = LongFrame(0x08, 1, 0x72, bytes.fromhex("78563412 2D2C 01 04 05 00 0000 0406 39300000"))
FRAMES: tuple[Frame, ...] = (Ack(), REQUEST, ANSWER, LongFrame(0x08, 1, 0x72))
QUIET = bytes(octet for octet in range(256) if octet not in (0x10, 0x68, 0xE5))  # octets that begin no frame

Event = Frame | Noise


def heard(reads: Iterable[Received | bytes]) -> list[Event]:
    """What a framer makes of these reads and the silence after them."""
    framer = Framer()
    events: list[Event] = []
    for read in reads:
        events += framer.feed(read if isinstance(read, Received) else Received(read))
    return events + framer.flush()


def frames_in(events: Sequence[Event]) -> list[Frame]:
    return [event for event in events if not isinstance(event, Noise)]


def octets_of(events: Sequence[Event]) -> bytes:
    """All octets again: nothing may get lost between frames and noise."""
    return b"".join(event.octets if isinstance(event, Noise) else event.to_bytes() for event in events)


def one_by_one(octets: bytes) -> list[bytes]:
    return [octets[position : position + 1] for position in range(len(octets))]


@pytest.mark.parametrize("frame", FRAMES)
def test_frame_is_found_whole_and_octet_by_octet(frame: Frame) -> None:
    octets = frame.to_bytes()
    assert heard([octets]) == [frame]
    assert heard(one_by_one(octets)) == [frame]


@pytest.mark.parametrize("frame", FRAMES)
def test_frame_is_there_with_its_last_octet_not_after_silence(frame: Frame) -> None:
    framer = Framer()
    *before, last = one_by_one(frame.to_bytes())
    assert [framer.feed(Received(octet)) for octet in before] == [[]] * len(before)
    assert framer.feed(Received(last)) == [frame]
    assert framer.pending == 0


@given(st.lists(st.sampled_from(FRAMES)), st.randoms(use_true_random=False))
def test_frames_one_after_the_other_are_found_however_they_are_cut(frames: list[Frame], cutter: random.Random) -> None:
    stream = b"".join(frame.to_bytes() for frame in frames)
    reads = []
    while stream:
        count = cutter.randint(1, len(stream))
        reads.append(stream[:count])
        stream = stream[count:]
    assert heard(reads) == frames


def test_echo_of_the_request_is_a_frame_before_the_answer() -> None:
    assert heard([REQUEST.to_bytes() + ANSWER.to_bytes()]) == [REQUEST, ANSWER]


@pytest.mark.parametrize("noise", [b"\x00", b"\xff" * 7, QUIET])
def test_noise_before_and_after_a_frame_is_told_as_such(noise: bytes) -> None:
    stray = Noise(noise, NoiseKind.STRAY)
    assert heard([noise + ANSWER.to_bytes() + noise]) == [stray, ANSWER, stray]


@pytest.mark.parametrize("false_start", ["68", "6868", "68 10 10 68", "68 FF FF 68", "10", "10 5B", "68 1A 1A"])
def test_false_start_hides_no_frame(false_start: str) -> None:
    octets = bytes.fromhex(false_start) + ANSWER.to_bytes()
    events = heard(one_by_one(octets))
    assert events[-1] == ANSWER
    assert octets_of(events) == octets


@pytest.mark.parametrize("length", range(1, len(ANSWER.to_bytes())))
def test_frame_that_ends_in_silence_is_noise_and_the_next_is_found(length: int) -> None:
    framer = Framer()
    assert framer.feed(Received(ANSWER.to_bytes()[:length])) == []
    events = framer.flush()
    assert octets_of(events) == ANSWER.to_bytes()[:length]
    assert all(isinstance(event, Noise) for event in events)
    assert framer.feed(Received(ANSWER.to_bytes())) == [ANSWER]


def test_frame_that_ends_in_silence_is_called_truncated() -> None:
    assert heard([ANSWER.to_bytes()[:9]]) == [Noise(ANSWER.to_bytes()[:9], NoiseKind.TRUNCATED)]


def test_wrong_checksum_is_a_broken_frame() -> None:
    octets = bytearray(REQUEST.to_bytes())
    octets[3] ^= 1
    assert heard([bytes(octets)]) == [Noise(bytes(octets), NoiseKind.BROKEN)]


@pytest.mark.parametrize("position", range(len(ANSWER.to_bytes())))
def test_damaged_octet_spoils_its_frame_although_the_checksum_fits(position: int) -> None:
    events = heard([Received(ANSWER.to_bytes(), (position,)), ANSWER.to_bytes()])
    assert frames_in(events) == [ANSWER]
    assert octets_of(events) == ANSWER.to_bytes() * 2
    assert isinstance(events[0], Noise)


def test_damaged_octet_before_or_after_a_frame_does_not_spoil_it() -> None:
    octets = b"\x00" + ANSWER.to_bytes() + b"\x00"
    events = heard([Received(octets, (0, len(octets) - 1))])
    assert frames_in(events) == [ANSWER]


def test_damage_is_remembered_at_its_place_when_octets_come_one_by_one() -> None:
    octets = ANSWER.to_bytes()
    reads = [Received(octet, (0,) if position == 20 else ()) for position, octet in enumerate(one_by_one(octets))]
    assert frames_in(heard(reads)) == []
    assert frames_in(heard([*reads, octets])) == [ANSWER]


@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(FRAMES).map(lambda frame: frame.to_bytes()))))
def test_no_octet_is_lost_and_none_invented(pieces: list[bytes]) -> None:
    stream = b"".join(pieces)
    events = heard(pieces)
    assert octets_of(events) == stream
    assert octets_of(heard(one_by_one(stream))) == stream
    assert frames_in(events) == frames_in(heard(one_by_one(stream)))


@pytest.mark.parametrize(
    "garbage",
    [bytes(100_000), b"\x68" * 100_000, b"\x68\xff\xff\x68" * 25_000, random.Random(1).randbytes(100_000)],
    ids=["zeros", "starts", "headers", "random"],
)
def test_garbage_without_end_is_heard_of_and_fills_no_memory(garbage: bytes) -> None:
    framer = Framer()
    told = 0
    for position in range(0, len(garbage), 100):
        for event in framer.feed(Received(garbage[position : position + 100])):
            assert len(octets_of([event])) <= MAXIMUM_FRAME
            told += len(octets_of([event]))
        assert len(framer._noise) < MAXIMUM_FRAME
        assert framer.pending < MAXIMUM_FRAME
        assert position + 100 - told <= 2 * MAXIMUM_FRAME
    assert told + len(octets_of(framer.flush())) == len(garbage)


def test_marks_of_damage_are_forgotten_with_their_octets() -> None:
    framer = Framer()
    for _ in range(100):
        framer.feed(Received(b"\x68" * 50, tuple(range(50))))
        assert len(framer._damaged) <= framer.pending
