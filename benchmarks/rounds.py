"""Rounds of readouts: beside the time the wire itself needs, with dead meters, and on several segments at once.

The wire's own time is what no master can save: eleven bits an octet, the pauses of the meters before they answer, and
33 bits of silence before each request.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from appliance.bus import Engine, EngineSettings, SegmentSettings
from appliance.bus.virtual import drive
from appliance.clock import Clock, SystemClock, VirtualClock
from appliance.events import ReadingMissed, RoundProgress, TelegramHeard
from appliance.mbus.dialogue.timing import CHARACTER_BITS, REQUEST_PAUSE_BITS, transmission_time
from appliance.mbus.framer import Received
from appliance.meters.meter import Meter
from appliance.ports import Heard, Missed
from appliance.simulated_faults import Fault
from benchmarks.registry import Row
from drivers.lines import open_line
from drivers.simulated.building import Building, load
from drivers.simulated.bus import SimulatedBus

BUILDING: Final = "apartment-block"
METERS: Final = 250
DEAD: Final = METERS // 5
PTY_METERS: Final = 20
SEGMENTS: Final = 4
FAST_RATE: Final = 9600
SECONDS: Final = 60.0
LONGEST_START: Final = 20.0


class Book:
    """Meter book and intake that keep nothing but the list of meters."""

    def __init__(self, meters: Sequence[Meter]) -> None:
        self._meters = meters

    def meters(self, segment: str) -> Sequence[Meter]:
        return [meter for meter in self._meters if meter.segment == segment]

    def answered(self, slot: int, meters: Iterable[int]) -> set[int]:
        return set()

    def ended(self, meter: int) -> int | None:
        return None

    def newest(self, meter: int) -> bytes | None:
        return None

    def accept(self, heard: Heard) -> None:
        pass

    def missed(self, missed: Missed) -> None:
        pass

    def flush(self) -> None:
        pass


class WireTime:
    """A bus between the engine and the simulated one that adds up what the wire itself needs."""

    def __init__(self, bus: SimulatedBus) -> None:
        self.bus = bus
        self.seconds = 0.0
        self._sent_until: float | None = None

    def send(self, now: float, octets: bytes) -> None:
        rate = self.bus.baud_rate
        self.seconds += REQUEST_PAUSE_BITS / rate + transmission_time(len(octets), rate)
        self._sent_until = now + transmission_time(len(octets), rate)
        self.bus.send(now, octets)

    def take(self, now: float) -> Received:
        received = self.bus.take(now)
        if received.octets:
            duration = len(received.octets) * CHARACTER_BITS / self.bus.baud_rate
            self.seconds += duration
            if self._sent_until is not None:
                self.seconds += now - duration - self._sent_until
                self._sent_until = None
        return received

    def next_event(self) -> float | None:
        return self.bus.next_event()

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        self.bus.set_baud_rate(baud_rate, parity=parity)


def run() -> list[Row]:
    """All rows of this benchmark."""
    return [*_virtual_round(), *_dead_meters(), *_real_round(), *_segments()]


def _virtual_round() -> Iterator[Row]:
    seconds, wire, _ = _one_round(load(BUILDING, meters=METERS))
    ratio = seconds / wire
    yield Row(f"round of {METERS} meters, 2400 Bd, virtual time", seconds, "s")
    yield Row("the same beside the wire's own time", ratio, "x", "<= 1.05", ratio <= 1.05)


def _dead_meters() -> Iterator[Row]:
    building = load(BUILDING, meters=METERS)
    building.give(Fault.DEAF, DEAD)
    seconds, _, heard = _one_round(building)
    sound = METERS - DEAD
    yield Row(
        f"round of {METERS} meters, {DEAD} of them dead", seconds, "s", "<= 360", seconds <= 360 and heard == sound
    )


def _one_round(building: Building) -> tuple[float, float, int]:
    """How long until every meter had its turns, how long the wire needed, how many answered. No job retries."""
    clock, events = VirtualClock(), list[object]()
    wire = WireTime(building.bus(clock))
    settings = EngineSettings(segments=(SegmentSettings(name="main", url="simulated://"),), scheduled_retries=0)
    engine = _engine(Book(_listed(building, "main")), settings, clock, events)
    drive(engine, {"main": wire}, clock, clock.monotonic() + 899)
    end = next(event for event in events if isinstance(event, RoundProgress) and event.ended)
    return ((end.ended or end.began) - end.began).total_seconds(), wire.seconds, end.answered


def _real_round() -> Iterator[Row]:
    _, wire, _ = _one_round(load(BUILDING, meters=PTY_METERS))
    clock = SystemClock()
    with _offered(1, PTY_METERS, 2400) as segments:
        meters = _listed(load(BUILDING, meters=PTY_METERS), "segment0")
        engine = _engine(Book(meters), EngineSettings(segments=segments, enabled=False), clock, [])
        engine.start()
        try:
            began = clock.monotonic()
            outcomes = engine.read(meters).result(timeout=120)
            seconds = clock.monotonic() - began
        finally:
            engine.stop()
    ratio = seconds / wire
    complete = all(isinstance(outcome, Heard) for outcome in outcomes)
    yield Row(f"round of {PTY_METERS} meters, 2400 Bd, real time on a pty", seconds, "s")
    yield Row("the same beside the wire's own time", ratio, "x", "<= 1.10", complete and ratio <= 1.10)


def _segments() -> Iterator[Row]:
    one, missed = _read_continuously(1)
    four, missed_of_four = _read_continuously(SEGMENTS)
    ratio = four / one
    sound = not missed and not missed_of_four
    yield Row(f"readings on one segment, {FAST_RATE} Bd, {SECONDS:.0f} s", one, "readings")
    yield Row(f"readings on {SEGMENTS} segments beside one", ratio, "x", ">= 3.9", sound and ratio >= 3.9)


def _read_continuously(count: int) -> tuple[int, int]:
    """Readings and failures on so many segments in some real time."""
    events: list[object] = []
    with _offered(count, PTY_METERS, FAST_RATE) as segments:
        building = load(BUILDING, meters=PTY_METERS)
        meters = [meter for one in segments for meter in _listed(building, one.name)]
        settings = EngineSettings(segments=segments, enabled=False, continuous=True)
        engine = _engine(Book(meters), settings, SystemClock(), events)
        engine.start()
        time.sleep(SECONDS)
        heard = sum(isinstance(event, TelegramHeard) for event in events)
        missed = sum(isinstance(event, ReadingMissed) for event in events)
        engine.stop()
    return heard, missed


def _engine(book: Book, settings: EngineSettings, clock: Clock, events: list[object]) -> Engine:
    return Engine(
        open_line=open_line,
        meters=book,
        intake=book,
        settings=lambda: settings,
        clock=clock,
        publish=events.append,
        wanted=lambda kind: False,
    )


def _listed(building: Building, segment: str) -> list[Meter]:
    addresses = [place.instrument.secondary_address for place in building.meters]
    return [
        Meter(id=number, segment=segment, secondary_address=address.without_fabrication())
        for number, address in enumerate(addresses, 1)
        if address is not None
    ]


@contextmanager
def _offered(count: int, meters: int, baud_rate: int) -> Iterator[tuple[SegmentSettings, ...]]:
    """The building on so many pseudo terminals, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        paths = [Path(folder) / f"bus{number}" for number in range(count)]
        for path in paths:
            stack.enter_context(offer(path, meters, baud_rate))
        yield tuple(
            SegmentSettings(name=f"segment{number}", url=f"serial://{path}", baud_rate=baud_rate)
            for number, path in enumerate(paths)
        )


@contextmanager
def offer(path: Path, meters: int, baud_rate: int) -> Iterator[None]:
    """The building on a pseudo terminal under this name, in a process of its own."""
    command = [sys.executable, "-m", "appliance", "simulate", "--building", BUILDING, "--meters", str(meters)]
    command += ["--baud", str(baud_rate), "--pty", "--link", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        patience = time.monotonic() + LONGEST_START
        while not path.exists():
            if process.poll() is not None or time.monotonic() > patience:
                raise RuntimeError(f"the simulated bus {path} did not start")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()
