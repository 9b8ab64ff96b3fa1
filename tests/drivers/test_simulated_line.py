"""A simulated building as a line: what its URL may say, and what lines of one URL share."""

from __future__ import annotations

import threading
import time

import pytest

from appliance.errors import LineLost, LineRefused
from appliance.mbus.framer import Framer
from appliance.mbus.frames import Ack, LongFrame, ShortFrame
from appliance.ports import Line
from appliance.simulated_faults import Fault
from drivers.simulated.line import SimulatedLine, read_url

NKE = ShortFrame(0x40, 1).to_bytes()
REQUEST = ShortFrame(0x7B, 1).to_bytes()


def soon() -> float:
    """A deadline no sound test reaches."""
    return time.monotonic() + 60


def opened(url: str) -> SimulatedLine:
    line = SimulatedLine(url)
    line.open(2400)
    return line


def hear(line: Line) -> object:
    """The next frame, in however many pieces it comes."""
    framer = Framer()
    while True:
        received = line.receive(soon())
        assert received.octets
        for event in framer.feed(received):
            return event


def test_meter_answers_over_the_line() -> None:
    line = opened("simulated://boiler-room?seed=1&baud=9600&fast=on")
    line.send(NKE)
    assert hear(line) == Ack()
    line.send(REQUEST)
    assert isinstance(hear(line), LongFrame)


def test_answer_does_not_come_before_its_wire_time_is_over() -> None:
    line = opened("simulated://boiler-room")
    before = time.monotonic()
    line.send(REQUEST)
    frame = hear(line)
    assert isinstance(frame, LongFrame)
    assert time.monotonic() - before >= (len(REQUEST) + len(frame.to_bytes())) * 11 / 2400


def test_url_says_size_seed_rate_and_faults() -> None:
    building, fast = read_url(
        "simulated://factory?meters=30&seed=7&baud=300&fault=deaf:3&fault=late:cooling%201&fast=on"
    )
    assert (len(building.meters), building.seed, building.baud_rate, fast) == (30, 7, 300, True)
    given = [(fault, meter.name if meter else None) for fault, meter in building.given]
    assert [fault for fault, _ in given] == [Fault.DEAF] * 3 + [Fault.LATE]
    assert given[3][1] == "cooling 1"
    assert len({name for _, name in given}) == 4


def test_building_of_ones_own_is_named_by_its_path() -> None:
    with pytest.raises(LineRefused, match=r"/nowhere/house\.toml cannot be read"):
        SimulatedLine("simulated:///nowhere/house.toml")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("meters=-1", "meters is a whole number"),
        ("meters=0", "at least one meter"),
        ("baud=1000", "baud is one of 300"),
        ("delay=none", "delay is spread or same"),
        ("fast=yes", "fast is off or on"),
        ("fault=deaf:100", "the building has 8"),
        ("fault=deaf:nobody", 'no meter "nobody"'),
        ("speed=9", 'no option "speed"'),
    ],
)
def test_option_that_cannot_be_taken_is_told(query: str, reason: str) -> None:
    with pytest.raises(LineRefused) as refused:
        SimulatedLine(f"simulated://boiler-room?{query}")
    assert reason in str(refused.value)


def test_lines_of_one_url_share_one_building_while_one_of_them_lives() -> None:
    url = "simulated://boiler-room?fast=on&seed=99"
    first = opened(url)
    first.shared.put_fault(Fault.DEAF, "boiler 1")
    second = opened(url)
    assert second.shared is first.shared
    del first, second
    third = opened(url)
    third.send(NKE)
    assert hear(third) == Ack()


def test_fault_is_put_in_and_taken_out_while_the_line_is_used() -> None:
    line = opened("simulated://boiler-room?fast=on&seed=98")
    line.shared.put_fault(Fault.DEAF, "boiler 1")
    line.send(NKE)
    assert line.receive(time.monotonic() + 0.01).octets == b""
    line.shared.clear_faults("boiler 1")
    line.send(NKE)
    assert hear(line) == Ack()


def test_line_that_vanishes_wakes_who_waits_for_an_answer() -> None:
    line = opened("simulated://boiler-room?seed=97")
    lost: list[LineLost] = []

    def wait() -> None:
        try:
            line.receive(soon())
        except LineLost as error:
            lost.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    line.shared.put_fault(Fault.VANISHING_LINE, duration=60)
    waiting.join()
    assert line.name in str(lost[0])
    with pytest.raises(LineLost):
        line.open(2400)
    line.shared.clear_faults()
    line.open(2400)


def test_octets_on_their_way_are_not_heard_by_who_opens_the_line_later() -> None:
    line = opened("simulated://boiler-room?seed=96&fast=on")
    line.send(NKE)
    line.open(2400)
    assert line.receive(time.monotonic() + 0.01).octets == b""
