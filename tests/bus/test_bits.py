"""The frame count bit of meters that are never initialised: no reading twice, none lost, and no way into a dead end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.clock import VirtualClock
from appliance.mbus.framer import Received
from appliance.mbus.frames import FCB, LongFrame, ShortFrame
from appliance.meters.meter import Addressing, Initialization, Meter
from appliance.ports import Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from tests.bus.world import World, faulty

ADDRESS = 7
RSP_UD = 0x08
BUSY = LongFrame(RSP_UD, ADDRESS, 0x70, b"\x08").to_bytes()
DATA = LongFrame(RSP_UD, ADDRESS, 0x72, bytes.fromhex("78563412931501070100 0000 0413 01000000")).to_bytes()


class StrictMeter:
    """A bus with one meter that repeats its last telegram while the bit stays, and knows no SND_NKE."""

    def __init__(self, clock: VirtualClock, *answers: bytes) -> None:
        self._clock = clock
        self._answers = list(answers)
        self._last: tuple[int, bytes] | None = None
        self._due: tuple[float, bytes] | None = None
        self.repeated = 0

    def send(self, now: float, octets: bytes) -> None:
        bit = octets[1] & FCB
        assert octets == ShortFrame(octets[1], ADDRESS).to_bytes()
        if self._last is not None and self._last[0] == bit:
            self.repeated += 1
        else:
            self._last = bit, self._answers.pop(0) if self._answers else DATA
        self._due = now + 0.2, self._last[1]

    def take(self, now: float) -> Received:
        if self._due is None or now < self._due[0]:
            return Received()
        octets, self._due = self._due[1], None
        return Received(octets)

    def next_event(self) -> float | None:
        return self._due[0] if self._due else None

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None: ...


@pytest.mark.parametrize("slots", [1, 2, 3])
def test_reading_after_a_restart_is_never_the_repeated_one(world: World, slots: int) -> None:
    world.add(faulty(load("boiler-room", meters=1), Fault.FRAME_COUNT_BIT_STRICT, 0))
    world.book.list[0] = replace(world.book.list[0], addressing=Addressing.PRIMARY, initialization=Initialization.OFF)
    world.run(minutes=15 * slots - 14)
    world.restart(minutes=10)
    world.run(minutes=30)
    kept = [heard.telegrams for heard in world.book.heard]
    assert len(kept) >= slots + 2
    assert len(set(kept)) == len(kept)


def test_meter_that_was_busy_once_is_asked_with_the_other_bit_and_read(world: World, clock: VirtualClock) -> None:
    bus = StrictMeter(clock, BUSY)
    world.add_bus(bus)
    meter = Meter(id=1, segment="main", addressing=Addressing.PRIMARY, primary_address=ADDRESS)
    world.book.list.append(replace(meter, initialization=Initialization.OFF))
    world.run(minutes=16)
    assert world.book.reasons.keys() <= {Reason.APPLICATION_ERROR}
    assert world.book.heard
    assert bus.repeated == 0
