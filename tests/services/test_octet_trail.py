"""The trail of a lent bus: rows that hold every octet, none too long, none too late."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import VirtualClock
from appliance.operations.lending import LendingOrder
from appliance.security.audit import LONGEST
from appliance.security.books import Act
from appliance.services.octet_trail import FROM_BUS, TO_BUS, OctetTrail
from appliance.settings.subjects.level_converter import Computer

ORDER = LendingOrder(segment="main", to=Computer.TCP, baud_rate=2400, seconds=600, who="anna")
PASSED = st.lists(st.tuples(st.sampled_from((TO_BUS, FROM_BUS)), st.binary(min_size=1, max_size=1500)))


def written(acts: list[Act], way: str) -> bytes:
    """The octets of one direction, in the order they stand in the rows."""
    words = " ".join(act.new for act in acts).split()
    return bytes.fromhex("".join(octets for word, octets in zip(words[::2], words[1::2], strict=True) if word == way))


@given(PASSED)
def test_rows_hold_every_octet_and_fit(passed: list[tuple[str, bytes]]) -> None:
    acts: list[Act] = []
    trail = OctetTrail(ORDER, lambda: "10.4.0.7", VirtualClock(), acts.append)
    for way, octets in passed:
        trail.note(way, octets)
    trail.close()
    for way in (TO_BUS, FROM_BUS):
        assert written(acts, way) == b"".join(octets for one, octets in passed if one == way)
    assert all(len(act.new) <= LONGEST for act in acts)


def test_octets_wait_ten_seconds_for_others_and_no_longer() -> None:
    acts: list[Act] = []
    clock = VirtualClock()
    trail = OctetTrail(ORDER, lambda: "10.4.0.7", clock, acts.append)
    trail.note(TO_BUS, bytes.fromhex("1040FE3E16"))
    clock.advance(seconds=9.9)
    trail.note(FROM_BUS, b"\xe5")
    trail.pass_time()
    assert acts == []
    clock.advance(seconds=0.1)
    trail.pass_time()
    assert [act.new for act in acts] == ["> 1040FE3E16 < E5"]
    assert (acts[0].who, acts[0].source, acts[0].what) == ("anna", "10.4.0.7", "bus lend main: octets")
