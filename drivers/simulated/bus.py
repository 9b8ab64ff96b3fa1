"""The physics of a simulated M-Bus: who hears what, who answers when, and what the master reads of it.

No clock, no thread: whoever drives it says what time it is, in real time or in virtual time. Each octet takes eleven
bit times; each meter waits its own time before it answers; answers that meet collide (`wire.py`).

Not simulated: voltage and current levels, cable length and capacity, the break that stops talking slaves, the return
to the former baud rate when a meter is not asked at its new one, and batteries that tire of being read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from typing import Final

from appliance.errors import LineLost
from appliance.mbus.address import SELECTED, TEST
from appliance.mbus.framer import Framer, Noise, Received
from appliance.mbus.frames import Ack, Frame, LongFrame
from appliance.mbus.selection import read_selection
from appliance.simulated_faults import BUS_FAULTS, Fault
from drivers.simulated.faults import Faults
from drivers.simulated.meter import LATEST_BITS, LATEST_MARGIN, SimulatedMeter
from drivers.simulated.optical import WAKING, WAKING_RATE
from drivers.simulated.wire import OCTET_BITS, Transmission, Wire

HASTE: Final = 1000.0  # how much faster a bus without wire times is
BIT_ERROR_RATE: Final = 1e-3
BITS_AT_RISK: Final = 9  # eight data bits and parity
SILENCE_BITS: Final = 33 + 11  # after so much silence a slave gives up a broken frame
LEAST_SILENCE: Final = 0.05  # a TCP or pty client may pause for that long inside a frame
BABBLE_PAUSE: Final = (2.0, 10.0)  # seconds between the bursts of a babbling meter
BABBLE_OCTETS: Final = (3, 20)
JAM_OCTETS: Final = 64
UNHEARD: Final = 30.0  # older babble than that nobody has listened to

_SOUND: Final[frozenset[Fault]] = frozenset()


class SimulatedBus:
    """Meters on two wires with one master. Used by one thread at a time."""

    def __init__(
        self,
        meters: Sequence[SimulatedMeter],
        *,
        wall: Callable[[], datetime],
        baud_rate: int = 2400,
        seed: int = 0,
        name: str = "simulated",
        fast: bool = False,
    ) -> None:
        self.meters = list(meters)
        self.faults = Faults()
        self.bit_error_rate = BIT_ERROR_RATE
        self.name = name
        self.baud_rate = baud_rate
        self.parity = True
        self.knows_parity = True  # not where octets come over a pty or a network
        self._wall = wall
        self._haste = HASTE if fast else 1.0
        self._random = Random(f"bus {seed}")
        self._wire = Wire()
        self._framer = Framer()
        self._heads = [meter.head for meter in meters if meter.head is not None]
        self._sent_until = 0.0
        self._babble_at: dict[int, float] = {}  # next burst of each babbling meter; -1 is the bus itself
        self._troubled: set[SimulatedMeter] = set()  # those with faults of their own, or to mend since they are over
        self.requests = 0
        self.answers = 0

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        """How the master sends from now on, and the rate it listens at."""
        self.baud_rate = baud_rate
        self.parity = parity

    def bit_time(self) -> float:
        """Seconds a bit takes at the master's rate, at which also the meters that understand it answer."""
        return 1.0 / (self.baud_rate * self._haste)

    def send(self, now: float, octets: bytes) -> None:
        """The master puts octets on the bus, after those it is still sending. Raises `LineLost`."""
        self._advance(now)
        start = max(now, self._sent_until)
        if start - self._sent_until > max(LEAST_SILENCE, SILENCE_BITS * self.bit_time()):
            self._framer.flush()
        self._sent_until = start + len(octets) * (OCTET_BITS - (not self.parity)) * self.bit_time()
        if self.faults.has(Fault.ECHO, now):
            self._put(Transmission(start, octets, self.bit_time()))
        if self.faults.has(Fault.SHORT_CIRCUIT, now):
            breaks, damage = self._breaks()
            self._put(Transmission(self._sent_until, breaks, self.bit_time(), damage))
            return
        if self._shine(octets) or not self.parity:
            return
        for frame in self._framer.feed(Received(octets)):
            if not isinstance(frame, Noise):
                self._offer(frame, start, self._sent_until, now)

    def _shine(self, octets: bytes) -> bool:
        """Whether these octets are light that wakes optical heads, and no frame."""
        plain = not (self.parity and self.knows_parity) and self.baud_rate == WAKING_RATE
        is_light = plain and not octets.strip(WAKING)
        for head in self._heads:
            head.shine(len(octets) if is_light else 0, self._sent_until, self.bit_time())
        return is_light

    def take(self, now: float) -> Received:
        """Octets whose last bit has come since the last call. Raises `LineLost`."""
        self._advance(now)
        return self._wire.receive(now)

    def forget(self, now: float) -> None:
        """The master begins to listen: what is on its way is heard by nobody. Raises `LineLost`."""
        self._advance(now)
        self._wire.clear()

    def next_event(self) -> float | None:
        """When there is something new to take: an answer's first octet, then its last; None while nothing comes."""
        times = [time for time in (self._wire.next_event(), *self._babble_at.values()) if time is not None]
        return min(times, default=None)

    def next_octet(self) -> float | None:
        """When the next octet is complete, for a line that hands them on one by one."""
        times = [time for time in (self._wire.next_octet(), *self._babble_at.values()) if time is not None]
        return min(times, default=None)

    def put_fault(
        self, fault: Fault, now: float, *, meter: SimulatedMeter | None = None, duration: float | None = None
    ) -> None:
        """Switch a fault on for one meter or, without one, for the whole bus."""
        faults = self.faults if meter is None or fault in BUS_FAULTS else meter.faults
        faults.put(fault, now, duration)
        if meter is not None:
            self._troubled.add(meter)
        if fault is Fault.BABBLING:
            source = -1 if meter is None else self.meters.index(meter)
            self._babble_at[source] = now + (0.0 if meter is None else self._random.uniform(0, BABBLE_PAUSE[1]))

    def clear_faults(self, meter: SimulatedMeter | None = None) -> None:
        """Switch off all faults of one meter or of everything."""
        for faults in [meter.faults] if meter is not None else [self.faults, *(one.faults for one in self.meters)]:
            faults.clear()

    def _advance(self, now: float) -> None:
        if self.faults.line_is_gone(now):
            self._wire.clear()
            raise LineLost(f"{self.name} has vanished.")
        if self._babble_at:
            self._babble(now)

    def _offer(self, frame: Frame, start: float, end: float, now: float) -> None:
        """Let all meters hear a frame that lay on the wire from `start` to `end`."""
        self.requests += 1
        wall = self._wall()
        common = frozenset(self.faults.active(now)) - BUS_FAULTS if self.faults else _SOUND
        for place in self.meters if common else self._audience(frame):
            faults = self._faults_of(place, common, now) if common or place in self._troubled else _SOUND
            for meter in place.present(faults):
                if self._understands(meter, start, end, faults):
                    self._answer(meter, frame, end, wall, faults)

    def _faults_of(self, meter: SimulatedMeter, common: frozenset[Fault], now: float) -> frozenset[Fault]:
        faults = common.union(meter.faults.active(now))
        if faults:
            self._troubled.add(meter)
        else:
            self._troubled.discard(meter)
            meter.mend()
        return faults

    def _audience(self, frame: Frame) -> list[SimulatedMeter]:
        """Those a frame may matter to, found quickly on a big bus; `Slave.hear` decides."""
        if isinstance(frame, Ack):
            return []
        address = frame.address
        if address >= TEST:
            return self.meters
        if address != SELECTED:
            meant = [meter for meter in self.meters if meter.slave.primary_address == address]
        elif isinstance(frame, LongFrame) and (selection := read_selection(frame)) is not None:
            meant = [meter for meter in self.meters if meter.slave.selected or meter.slave.is_chosen_by(selection)]
        else:
            meant = [meter for meter in self.meters if meter.slave.selected]
        return [*meant, *self._troubled.difference(meant)] if self._troubled else meant

    def _understands(self, meter: SimulatedMeter, start: float, end: float, faults: frozenset[Fault]) -> bool:
        """Whether rate, its own sending, its sleep and the noise on the way let it hear the frame."""
        if meter.slave.baud_rate not in (0, self.baud_rate) or (meter.sending[0] < end and start < meter.sending[1]):
            return False
        if meter.head is not None and not meter.head.hears(start):
            return False
        if Fault.BIT_ERRORS not in faults:
            return True
        octets = round((end - start) / (OCTET_BITS * self.bit_time()))
        sound: float = (1 - self.bit_error_rate) ** (octets * BITS_AT_RISK)
        return self._random.random() < sound

    def _answer(
        self, meter: SimulatedMeter, frame: Frame, end: float, wall: datetime, faults: frozenset[Fault]
    ) -> None:
        bit_time = self.bit_time()
        answer = meter.answer(frame, wall, faults)
        if answer is None:
            return
        self.answers += 1
        start = max(end + meter.delay(bit_time, faults, self._haste), meter.sending[1])
        damage = self._bit_errors(answer) if Fault.BIT_ERRORS in faults else ()
        if Fault.SHORTS_WHEN_ASKED in faults:
            answer, damage = self._breaks()
        transmission = Transmission(start, answer, bit_time, damage)
        meter.sending = start, transmission.end
        self._put(transmission)

    def _bit_errors(self, octets: bytes) -> tuple[int, ...]:
        rate = self.bit_error_rate
        return tuple(bit for bit in range(len(octets) * BITS_AT_RISK) if self._random.random() < rate)

    def _put(self, transmission: Transmission) -> None:
        self._wire.transmit(transmission, self.bit_time())

    def _breaks(self) -> tuple[bytes, tuple[int, ...]]:
        """A shorted bus reads as space: damaged zeros for as long as an answer is waited for."""
        bit_time = self.bit_time()
        window = LATEST_BITS * bit_time + LATEST_MARGIN / self._haste
        count = int(window / (OCTET_BITS * bit_time))
        return bytes(count), tuple(index * BITS_AT_RISK + 8 for index in range(count))

    def _babble(self, now: float) -> None:
        """Let those babble whose time has come."""
        for source, moment in list(self._babble_at.items()):
            at = max(moment, now - UNHEARD)
            faults = self.faults if source < 0 else self.meters[source].faults
            while at <= now and faults.has(Fault.BABBLING, at):
                at = self._burst(source, at)
            if faults.has(Fault.BABBLING, at):
                self._babble_at[source] = at
            else:
                del self._babble_at[source]

    def _burst(self, source: int, at: float) -> float:
        """Put a burst of random octets on the wire; when the next one begins."""
        count = JAM_OCTETS if source < 0 else self._random.randint(*BABBLE_OCTETS)
        transmission = Transmission(at, self._random.randbytes(count), self.bit_time())
        self._put(transmission)
        pause = 0.0 if source < 0 else self._random.uniform(*BABBLE_PAUSE)  # also where the wire takes no time
        return transmission.end + pause
