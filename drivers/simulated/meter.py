"""One meter on the simulated bus: a slave, the instrument behind it, how long it takes to answer, and its faults."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Final, Protocol

from appliance.mbus.address import SecondaryAddress
from appliance.mbus.frames import Frame
from appliance.mbus.slave import Application, FrameCount, Slave
from appliance.simulated_faults import Fault
from drivers.simulated.faults import Faults
from drivers.simulated.optical import OpticalHead
from drivers.simulated.spoiled import announcing_more, truncated, wrong_checksum, wrong_identification

EARLIEST_BITS: Final = 11  # an answer begins between 11 bit times and 330 bit times + 50 ms after the request
LATEST_BITS: Final = 330
LATEST_MARGIN: Final = 0.050
JAM_OCTETS: Final = 1200  # more than any master takes for an answer
LATE_BY: Final = (0.1, 0.8)  # seconds after the latest moment, for meters that are late


class Instrument(Application, Protocol):
    """What is measured, and the addresses it was made with."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def primary_address(self) -> int:
        """As set at the factory or on site."""

    @property
    def secondary_address(self) -> SecondaryAddress | None:
        """With the fabrication number where it has one."""

    def run_back(self, since: datetime | None) -> None:
        """Let counters run back from that moment on; None mends it."""

    def another(self, *, same_address: bool) -> Instrument:
        """A second meter of the kind: with the same addresses and other values, or one that took its place."""


class SimulatedMeter:
    """Answers as its slave does, spoiled by the faults it has."""

    def __init__(
        self,
        instrument: Instrument,
        *,
        seed: int = 0,
        delay: float | None = None,
        baud_rate: int = 0,
        frame_count: FrameCount = FrameCount.REBUILDS,
        head: OpticalHead | None = None,
    ) -> None:
        self.instrument = instrument
        self.head = head  # None hangs on two wires
        self.faults = Faults()
        self.sending: tuple[float, float] = (0.0, 0.0)  # while it sends it hears nothing
        self._random = Random(f"{seed} {instrument.name} {instrument.secondary_address}")
        self._frame_count = frame_count
        self._delay = self._random.random() if delay is None else delay
        self._late_by = self._random.uniform(*LATE_BY)
        self._seed = seed
        self.slave = Slave(
            instrument,
            primary_address=instrument.primary_address,
            secondary_address=instrument.secondary_address,
            baud_rate=baud_rate,
            frame_count=frame_count,
            access_number=self._random.randrange(256),
        )
        self._others: dict[bool, SimulatedMeter] = {}
        self._announced = 0

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.instrument.name

    def present(self, faults: frozenset[Fault]) -> tuple[SimulatedMeter, ...]:
        """The meters that hang in this place: itself, with a double of its address, or the one that replaced it."""
        if Fault.SWAPPED in faults:
            return (self._other(same_address=False),)
        if Fault.DUPLICATE_ADDRESS in faults:
            return (self, self._other(same_address=True))
        return (self,)

    def answer(self, frame: Frame, wall: datetime, faults: frozenset[Fault]) -> bytes | None:
        """What it puts on the wire after a frame; None is silence."""
        if not faults:
            return self.slave.hear(frame, wall)
        if Fault.DEAF in faults:
            return None
        if Fault.RUNNING_BACK in faults:
            self.instrument.run_back(wall)
        self.slave.frame_count = self._counts_frames(faults)
        answer = self.slave.hear(frame, wall)
        return None if answer is None else self._spoil(answer, faults)

    def mend(self) -> None:
        """Be again as made, after the last fault is over."""
        self.slave.frame_count = self._frame_count
        self.instrument.run_back(None)

    def delay(self, bit_time: float, faults: frozenset[Fault], haste: float = 1.0) -> float:
        """Seconds from the end of a request to the first bit of the answer."""
        earliest = EARLIEST_BITS * bit_time
        latest = LATEST_BITS * bit_time + LATEST_MARGIN / haste
        if Fault.LATE in faults:
            return latest + self._late_by / haste
        return earliest + self._delay * (latest - earliest)

    def _counts_frames(self, faults: frozenset[Fault]) -> FrameCount:
        if Fault.FRAME_COUNT_BIT_IGNORED in faults:
            return FrameCount.IGNORED
        if Fault.FRAME_COUNT_BIT_STRICT in faults:
            return FrameCount.STRICT
        return self._frame_count

    def _spoil(self, answer: bytes, faults: frozenset[Fault]) -> bytes:
        if Fault.ENDLESS in faults:
            self._announced = (self._announced + 1) & 0xFF
            answer = announcing_more(answer, self._announced)
        if Fault.WRONG_ID in faults:
            answer = wrong_identification(answer)
        if Fault.WRONG_CHECKSUM in faults:
            answer = wrong_checksum(answer)
        if Fault.TRUNCATED in faults:
            answer = truncated(answer, self._random)
        if Fault.JAMS_WHEN_ASKED in faults:
            answer = self._random.randbytes(JAM_OCTETS)
        return answer

    def _other(self, *, same_address: bool) -> SimulatedMeter:
        if same_address not in self._others:
            instrument = self.instrument.another(same_address=same_address)
            self._others[same_address] = SimulatedMeter(
                instrument,
                seed=self._seed + 1,
                baud_rate=self.slave.baud_rate,
                frame_count=self._frame_count,
                head=self.head,
            )
        return self._others[same_address]
