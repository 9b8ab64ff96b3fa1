"""A world for the engine: meter book and intake in memory, simulated buildings, virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from appliance.bus.engine import Engine
from appliance.bus.engine_settings import EngineSettings, SegmentSettings
from appliance.bus.virtual import Bus, drive
from appliance.clock import VirtualClock
from appliance.errors import LineRefused
from appliance.events import RoundProgress
from appliance.meters.meter import Addressing, Meter
from appliance.ports import Heard, Line, Missed, ReadingKind, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import Building
from drivers.simulated.bus import SimulatedBus
from drivers.simulated.meter import Instrument

MAIN = SegmentSettings(name="main", url="simulated://main")


class Book:
    """Meters, and what became of their slots, as the store keeps them; it outlives engines."""

    def __init__(self) -> None:
        self.list: list[Meter] = []
        self.ends: list[Heard | Missed] = []
        self.flushes = 0

    def meters(self, segment: str) -> Sequence[Meter]:
        return [meter for meter in self.list if meter.active and meter.segment == segment]

    def answered(self, slot: int, meters: Iterable[int]) -> set[int]:
        wanted = set(meters)
        return {end.meter for end in self.heard if end.slot == slot and end.meter in wanted}

    def ended(self, meter: int) -> int | None:
        slots = [end.slot for end in self.ends if end.meter == meter and end.kind is ReadingKind.SCHEDULED]
        return max(slots, default=None)

    def newest(self, meter: int) -> bytes | None:
        found = [end.telegrams[-1] for end in self.heard if end.meter == meter]
        return found[-1] if found else None

    def accept(self, heard: Heard) -> None:
        self.ends.append(heard)

    def missed(self, missed: Missed) -> None:
        self.ends.append(missed)

    def flush(self) -> None:
        self.flushes += 1

    @property
    def heard(self) -> list[Heard]:
        return [end for end in self.ends if isinstance(end, Heard)]

    @property
    def reasons(self) -> Counter[Reason]:
        return Counter(end.reason for end in self.ends if isinstance(end, Missed))

    @property
    def scheduled(self) -> list[Heard | Missed]:
        """How slots of the grid ended; what was missed and made good by a later round does not count."""
        ends = [end for end in self.ends if end.kind is ReadingKind.SCHEDULED]
        heard = {(end.meter, end.slot): end.round for end in ends if isinstance(end, Heard)}
        return [
            end for end in ends if isinstance(end, Heard) or heard.get((end.meter, end.slot), end.round) == end.round
        ]

    def doubled(self) -> list[tuple[int, int]]:
        """Slots of meters that ended more than once."""
        counts = Counter((end.meter, end.slot) for end in self.scheduled)
        return [key for key, count in counts.items() if count > 1]

    def slots(self, meter: int) -> list[int]:
        """Every scheduled slot of a meter that ended, in order."""
        return sorted(end.slot for end in self.scheduled if end.meter == meter)


class World:
    """An engine over simulated buildings, one a segment, in virtual time."""

    def __init__(self, clock: VirtualClock, settings: EngineSettings | None = None) -> None:
        self.clock = clock
        self.book = Book()
        self.events: list[object] = []
        self.buses: dict[str, Bus] = {}
        self.wanted: set[type] = set()
        self.settings = settings or EngineSettings(zone=ZoneInfo("Europe/Berlin"))
        self.engine = self.make_engine()

    def make_engine(self) -> Engine:
        return Engine(
            open_line=no_line,
            meters=self.book,
            intake=self.book,
            settings=lambda: self.settings,
            clock=self.clock,
            publish=self.events.append,
            wanted=self.wanted.__contains__,
            last_round=max((done.number for done in self.rounds), default=0),
        )

    @property
    def rounds(self) -> list[RoundProgress]:
        """Those that ended."""
        return [event for event in self.events if isinstance(event, RoundProgress) and event.ended]

    def add(self, building: Building, segment: SegmentSettings = MAIN) -> SimulatedBus:
        """Hang a building on a segment of its own and list its meters."""
        bus = building.bus(self.clock)
        for place in building.meters:
            self.book.list.append(meter_of(place.instrument, len(self.book.list) + 1, segment.name))
        self.add_bus(bus, segment)
        return bus

    def add_bus(self, bus: Bus, segment: SegmentSettings = MAIN) -> None:
        self.buses[segment.name] = bus
        self.settings = replace(self.settings, segments=(*self.settings.segments, segment))

    def run(self, **units: float) -> None:
        """Let time pass."""
        passed = timedelta(**units)
        drive(self.engine, self.buses, self.clock, self.clock.monotonic() + passed.total_seconds())

    def restart(self, **off: float) -> None:
        """Stop the appliance, wait, start it again."""
        self.engine.stop()
        self.clock.advance(timedelta(**off))
        self.clock.boot += 1
        self.engine = self.make_engine()

    def of(self, kind: type) -> list[Any]:
        """Events of a kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


def meter_of(instrument: Instrument, number: int, segment: str) -> Meter:
    address = instrument.secondary_address
    return Meter(
        id=number,
        name=instrument.name,
        segment=segment,
        addressing=Addressing.PRIMARY if address is None else Addressing.SECONDARY,
        primary_address=instrument.primary_address,
        secondary_address=None if address is None else address.without_fabrication(),
    )


def faulty(building: Building, fault: Fault, *places: int) -> Building:
    for place in places:
        building.give_to(building.meters[place], (fault,))
    return building


def no_line(url: str) -> Line:
    raise LineRefused(f"{url} is driven in virtual time.")
