"""Frames are built and parsed the same, and what is wrong with octets that are none is said by position."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import EncodeError, TelegramError
from appliance.mbus.frames import (
    MAXIMUM_FRAME,
    MAXIMUM_USER_DATA,
    Ack,
    Frame,
    LongFrame,
    ShortFrame,
    expected_length,
    parse_frame,
)

octet = st.integers(0, 255)
short_frames = st.builds(ShortFrame, octet, octet)
long_frames = st.builds(LongFrame, octet, octet, octet, st.binary(max_size=MAXIMUM_USER_DATA))
frames = st.one_of(st.builds(Ack), short_frames, long_frames)


@given(frames)
def test_frame_that_is_built_is_parsed_again(frame: Frame) -> None:
    assert parse_frame(frame.to_bytes()) == frame


@given(frames)
def test_length_is_known_from_the_first_four_octets(frame: Frame) -> None:
    octets = frame.to_bytes()
    assert expected_length(octets[:4]) == len(octets)
    if octets[0] == 0x68:
        assert all(expected_length(octets[:count]) is None for count in (1, 2, 3))


@given(frames, st.data())
def test_frame_cut_short_is_told_with_the_octet_that_is_missing(frame: Frame, data: st.DataObject) -> None:
    octets = frame.to_bytes()
    length = data.draw(st.integers(0, len(octets) - 1))
    with pytest.raises(TelegramError) as error:
        parse_frame(octets[:length])
    assert error.value.octet == length


@given(frames, st.binary(min_size=1))
def test_octets_after_the_end_are_told(frame: Frame, tail: bytes) -> None:
    octets = frame.to_bytes()
    with pytest.raises(TelegramError, match=f"{len(tail)} octets follow") as error:
        parse_frame(octets + tail)
    assert error.value.octet == len(octets)


@given(st.one_of(short_frames, long_frames), st.data())
def test_single_wrong_octet_never_passes_as_the_frame(frame: Frame, data: st.DataObject) -> None:
    octets = bytearray(frame.to_bytes())
    position = data.draw(st.integers(0, len(octets) - 1))
    octets[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(TelegramError):
        parse_frame(bytes(octets))


@given(st.binary(max_size=300))
def test_any_octets_are_a_frame_or_an_error_of_ours(octets: bytes) -> None:
    try:
        built = parse_frame(octets).to_bytes()
    except TelegramError as error:
        built, place = octets, error.octet
    else:
        place = 0
    assert built == octets
    assert 0 <= place <= len(octets)


@pytest.mark.parametrize(
    ("octets", "position", "reason"),
    [
        ("", 0, "no octets"),
        ("11", 0, "begins with 10, 68 or E5"),
        ("68 02 02 68 08 01 09 16", 1, "at least 3"),
        ("68 03 04 68 08 01 72 7B 16", 2, "differ: 03 and 04"),
        ("68 03 03 69 08 01 72 7B 16", 3, "second start octet is 69"),
        ("68 03 03 68 08 01 72 7C 16", 7, "checksum is 7C, the octets sum to 7B"),
        ("68 03 03 68 08 01 72 7B 17", 8, "not 16"),
        ("10 5B 01 5D 16", 3, "checksum is 5D"),
        ("10 5B 01 5C 00", 4, "not 16"),
    ],
)
def test_what_is_wrong_is_told_by_its_position(octets: str, position: int, reason: str) -> None:
    with pytest.raises(TelegramError, match=reason) as error:
        parse_frame(bytes.fromhex(octets))
    assert error.value.octet == position


def test_frame_as_the_public_documentation_writes_it() -> None:
    assert ShortFrame(0x40, 0x01).to_bytes() == bytes.fromhex("10 40 01 41 16")
    assert Ack().to_bytes() == bytes.fromhex("E5")
    assert LongFrame(0x53, 0xFE, 0x51, bytes.fromhex("01 7A 08")).to_bytes() == bytes.fromhex(
        "68 06 06 68 53 FE 51 01 7A 08 25 16"
    )


def test_longest_frame_fits_and_one_octet_more_does_not() -> None:
    assert len(LongFrame(8, 1, 0x72, bytes(MAXIMUM_USER_DATA)).to_bytes()) == MAXIMUM_FRAME
    with pytest.raises(EncodeError, match="at most 252 octets of data, not 253"):
        LongFrame(8, 1, 0x72, bytes(MAXIMUM_USER_DATA + 1)).to_bytes()


@pytest.mark.parametrize("control", [0x08, 0x18, 0x28, 0x38])
def test_answer_is_one_whatever_its_demand_and_flow_bits_say(control: int) -> None:
    assert LongFrame(control, 1, 0x72).is_answer


@pytest.mark.parametrize("control", [0x53, 0x73, 0x5B, 0x48, 0x00, 0x09])
def test_order_of_a_master_is_no_answer(control: int) -> None:
    assert not LongFrame(control, 1, 0x72).is_answer


def test_captured_telegrams_are_frames_both_ways(captured: Path) -> None:
    files = sorted((captured / "wired").glob("*.hex"))
    assert files
    for file in files:
        octets = bytes.fromhex(file.read_text())
        assert parse_frame(octets).to_bytes() == octets
