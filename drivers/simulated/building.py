"""A building: its meters, ready to hang on a bus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from appliance.clock import Clock
from appliance.errors import EncodeError, SettingError
from appliance.simulated_faults import Fault
from drivers.simulated.blueprint import Blueprint, Group, read_blueprint
from drivers.simulated.built import BuiltMeter, Consumption
from drivers.simulated.bus import SimulatedBus
from drivers.simulated.meter import Instrument, SimulatedMeter
from drivers.simulated.optical import OpticalHead
from drivers.simulated.recipes import missing_quantity

PROVING_DAYS: Final = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 31, 23, 59, tzinfo=UTC))


class Building:
    """Meters with their values and faults; `bus` hangs them on two wires."""

    def __init__(
        self,
        title: str,
        meters: Sequence[SimulatedMeter],
        *,
        baud_rate: int = 2400,
        seed: int = 0,
        faults: Sequence[Fault] = (),
        consumption: Consumption | None = None,
    ) -> None:
        self.title = title
        self.meters = list(meters)
        self.baud_rate = baud_rate
        self.seed = seed
        self._faults = faults
        self._consumption = consumption
        self.given: list[tuple[Fault, SimulatedMeter | None]] = []  # faults from the start; None is the whole bus

    def bus(self, clock: Clock, *, name: str = "simulated", fast: bool = False) -> SimulatedBus:
        """The bus all its meters hang on; values are those of the clock's wall time."""
        bus = SimulatedBus(
            self.meters,
            wall=clock.now,
            baud_rate=self.baud_rate or 2400,
            seed=self.seed,
            name=name,
            fast=fast,
        )
        now = clock.monotonic()
        for fault in self._faults:
            bus.put_fault(fault, now)
        for fault, meter in self.given:
            bus.put_fault(fault, now, meter=meter)
        return bus

    def give(self, fault: Fault, count: int | None = None) -> None:
        """Let that many meters, chosen by the seed, have a fault from the start; without a number the whole bus."""
        if count is None:
            self.given.append((fault, None))
            return
        if not 1 <= count <= len(self.meters):
            raise SettingError(f"{count} meters cannot be {fault}: the building has {len(self.meters)}.")
        chosen = Random(f"{self.seed} {fault}").sample(self.meters, count)
        self.given += [(fault, meter) for meter in chosen]

    def give_by_name(self, text: str) -> None:
        """`echo` for the whole bus, `deaf:3` for three meters, `late:heat 2` for one by name or address."""
        name, separator, whom = text.partition(":")
        fault = Fault.parse(name)
        if not separator:
            self.give(fault)
        elif whom.isdecimal() and len(whom) < 8:
            self.give(fault, int(whom))
        else:
            self.give_to(self.find(whom), (fault,))

    def give_to(self, meter: SimulatedMeter, faults: Iterable[Fault]) -> None:
        """Let one meter have faults from the start."""
        self.given += [(fault, meter) for fault in faults]

    def find(self, name: str) -> SimulatedMeter:
        """A meter by name, identification or secondary address; raises `SettingError`."""
        for meter in self.meters:
            address = meter.instrument.secondary_address
            if name in (meter.name, str(address), address.identification if address else name):
                return meter
        raise SettingError(f'The building has no meter "{name}".')

    @property
    def speed(self) -> float:
        """How much faster than time its consumption runs."""
        return self._consumption.speed if self._consumption else 1.0

    def run_at(self, speed: float, at: datetime) -> None:
        """Let consumption run faster or slower than time; 1 is as in life."""
        if self._consumption is None:
            raise SettingError("Recorded meters tell what they told; their consumption has no speed.")
        if not 0 <= speed <= 1e6:
            raise SettingError(f"The speed of consumption is 0 to 1000000, not {speed}.")
        self._consumption.turn(speed, at)


def load(
    name_or_path: str,
    *,
    meters: int | None = None,
    seed: int = 0,
    baud_rate: int | None = None,
    same_delay: bool = False,
) -> Building:
    """A building by name or file, of its own size or with so many meters. Raises `SettingError`."""
    blueprint = read_blueprint(name_or_path)
    if baud_rate is not None:
        blueprint = replace(blueprint, baud_rate=baud_rate)
    consumption = Consumption(timedelta(hours=blueprint.utc_offset_hours))
    building = Building(
        blueprint.title,
        [],
        baud_rate=blueprint.baud_rate,
        seed=seed,
        faults=blueprint.faults,
        consumption=consumption,
    )
    for group, count in zip(blueprint.groups, _counts(blueprint, meters), strict=True):
        _prove(blueprint, group)
        for instrument in _instruments(blueprint, group, count, seed, consumption):
            meter = _hang(group, instrument, seed, same_delay=same_delay)
            building.meters.append(meter)
            building.give_to(meter, group.faults)
    return building


def _hang(group: Group, instrument: Instrument, seed: int, *, same_delay: bool) -> SimulatedMeter:
    low, high = group.delay
    random = Random(f"delay {seed} {instrument.name}")
    return SimulatedMeter(
        instrument,
        seed=seed,
        delay=0.5 if same_delay else random.uniform(low, high),
        baud_rate=group.baud_rate,
        frame_count=group.frame_count,
        head=OpticalHead() if group.optical else None,
    )


def _counts(blueprint: Blueprint, meters: int | None) -> list[int]:
    """How many meters of each group, in the proportions of the file."""
    own = [group.count for group in blueprint.groups]
    if meters is None:
        return own
    if meters < 1:
        raise SettingError(f"A simulated building has at least one meter, not {meters}.")
    shares = [count * meters / sum(own) for count in own]
    counts = [int(share) for share in shares]
    by_rest = sorted(range(len(own)), key=lambda place: counts[place] - shares[place])
    for place in by_rest[: meters - sum(counts)]:
        counts[place] += 1
    return counts


def _instruments(
    blueprint: Blueprint, group: Group, count: int, seed: int, consumption: Consumption
) -> Iterator[BuiltMeter]:
    low, high = group.identification
    if count > high - low + 1 and low != high:
        raise SettingError(
            f'The building file {blueprint.file} cannot be used, meters "{group.name}": {low} to {high} '
            f"are not enough numbers for {count} meters."
        )
    if group.consecutive or low == high:
        numbers = [low + index % (high - low + 1) for index in range(count)]
    else:
        numbers = Random(f"numbers {seed} {group.name}").sample(range(low, high + 1), count)
    for index, number in enumerate(numbers):
        primary = group.primary_address + index if group.counts_up else group.primary_address
        yield BuiltMeter(group, index + 1, f"{number:08d}", primary if primary <= 250 else 0, str(seed), consumption)


def _prove(blueprint: Blueprint, group: Group) -> None:
    """Build each telegram once, so that what does not fit its coding is told before anybody asks."""
    place = f'The building file {blueprint.file} cannot be used, meters "{group.name}"'
    missing = missing_quantity(tuple(recipe for plan in group.telegrams for recipe in plan.recipes))
    if missing is not None:
        raise SettingError(f'{place}: no counter or share before it has the name "{missing}".')
    try:
        meter = BuiltMeter(group, 1, f"{group.identification[0]:08d}", 0, "", Consumption(timedelta()))
        for day in PROVING_DAYS:
            for number in range(meter.telegram_count):
                meter.telegram(number, day, 0, 0)
    except EncodeError as error:
        raise SettingError(f"{place}: {error}") from error
