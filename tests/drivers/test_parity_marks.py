"""What the kernel mixes into serial input comes out again as what was on the wire, wherever a read cuts it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.mbus.framer import Received
from drivers.parity_marks import MarkDecoder

Wire = list[tuple[int, bool]]  # each octet, and whether it was damaged


def marked(wire: Wire) -> bytes:
    """As the kernel gives it with PARMRK."""
    pieces = [b"\xff\x00" + bytes([octet]) if damaged else bytes([octet]) for octet, damaged in wire]
    return b"".join(b"\xff\xff" if piece == b"\xff" else piece for piece in pieces)


def decoded(reads: list[bytes]) -> Wire:
    """What the decoder makes of these reads."""
    decoder = MarkDecoder()
    wire: Wire = []
    for octets in reads:
        received = decoder.feed(octets)
        wire += [(octet, position in received.damaged) for position, octet in enumerate(received.octets)]
    return wire


# Octets that look like parts of a mark are drawn as often as all others together.
octets = st.one_of(st.sampled_from([0x00, 0xFF]), st.integers(0, 255))


@given(wire=st.lists(st.tuples(octets, st.booleans())), cuts=st.lists(st.integers(0, 200)))
@example(wire=[(0xFF, True), (0xFF, False), (0x00, True)], cuts=[1, 2, 3, 4, 5, 6, 7])
def test_marks_are_taken_apart_the_same_wherever_a_read_cuts_them(wire: Wire, cuts: list[int]) -> None:
    stream = marked(wire)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert decoded([stream[start:end] for start, end in pairwise(edges)]) == wire


def test_damaged_octet_stays_in_its_place_and_is_named() -> None:
    assert MarkDecoder().feed(b"\x10\xff\x00\x41\x05") == Received(b"\x10\x41\x05", (1,))


def test_sound_ff_is_one_octet() -> None:
    assert MarkDecoder().feed(b"\xff\xff") == Received(b"\xff")


def test_break_is_a_damaged_zero() -> None:
    assert MarkDecoder().feed(b"\xff\x00\x00") == Received(b"\x00", (0,))


@pytest.mark.parametrize("beginning", [b"\xff", b"\xff\x00"])
def test_beginning_of_a_mark_waits_for_the_rest(beginning: bytes) -> None:
    decoder = MarkDecoder()
    assert decoder.feed(b"\x68" + beginning) == Received(b"\x68")
    rest = b"\xff\x00\x07"[len(beginning) :]
    assert decoder.feed(rest) == Received(b"\x07", (0,))


def test_ff_that_begins_no_mark_is_an_octet() -> None:
    assert MarkDecoder().feed(b"\xff\x41\x42") == Received(b"\xff\x41\x42")
