"""Orders to the simulated building of a segment: what is wrong with it, how fast it consumes (operations.md §13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Final

from appliance.errors import Kind, RefusedError
from appliance.meters.meter import Meter
from appliance.meters.selection import Selection
from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.call import Call
from appliance.operations.fault_or_none import FaultOrNone
from appliance.operations.line import quote
from appliance.operations.meter_state import choose_one
from appliance.operations.operation import operation
from appliance.operations.simulation import SimulatedPlace, Simulation
from appliance.operations.times import span_of_seconds
from appliance.settings.kinds import Exact
from appliance.simulated_faults import BUS_FAULTS, Fault

WHOLE: Final = "whole bus"  # as the list names it
SomeFault = Annotated[Fault | None, FaultOrNone()]
Factor = Annotated[Decimal, Exact("0", "1000000")]


@operation("simulate list", level=1)
def simulate_list(call: Call) -> Answer:
    """Simulated meters with their faults."""
    buildings = _buildings(call)
    lines = (f"{segment}: {building.title}, consumption {_speed(building.speed)}" for segment, building in buildings)
    rows = [row for segment, building in buildings for row in _rows(segment, building)]
    return Answer(lines=tuple(lines), table=Table.of("segment meter address faults", rows))


@operation("simulate fault", level=3, audited=True)
def simulate_fault(
    call: Call, meter_or_segment: Selection, fault: SomeFault, *, for_: timedelta | None = None
) -> Answer:
    """Puts a fault in, for training and tests; none mends all."""
    segment, building, whom = _place(call, meter_or_segment)
    if fault is None:
        building.clear_faults(whom)
        return Answer(sentence=f"{whom or segment} is sound")
    seconds = for_.total_seconds() if for_ else None
    building.put_fault(fault, whom, seconds)
    place = segment if whom is None or fault in BUS_FAULTS else whom
    lasting = f"for {span_of_seconds(seconds)}" if seconds else f"until simulate fault {quote(place)} none"
    return Answer(sentence=f"{place}: {fault} {lasting}")


@operation("simulate speed", level=3, audited=True)
def simulate_speed(call: Call, factor: Factor) -> Answer:
    """Lets simulated consumption run faster, or slower below 1."""
    for _, building in _buildings(call):
        building.run_at(float(factor))
    return Answer(sentence=f"consumption runs {_speed(float(factor))}")


def _buildings(call: Call) -> list[tuple[str, Simulation]]:
    """Each simulated segment with its building; refused where there is none."""
    urls = {name: segment.url for name, segment in call.parts.settings.segment.items() if segment.url}
    found = [(name, building) for name, url in urls.items() if (building := call.parts.simulation(url)) is not None]
    if not found:
        raise RefusedError(
            "No segment reads a simulated building: segment add NAME simulated://apartment-block.", Kind.NOT_FOUND
        )
    return found


def _rows(segment: str, building: Simulation) -> Iterator[tuple[object, ...]]:
    yield segment, WHOLE, "", _faults(building.faults())
    for place in building.places():
        yield segment, place.name, _address(place), _faults(place.faults)


def _faults(names: tuple[str, ...]) -> Cell:
    return Cell(list(names), ", ".join(names) or "–")


def _address(place: SimulatedPlace) -> str:
    return str(place.secondary_address or f"primary {place.primary_address}")


def _place(call: Call, whom: Selection) -> tuple[str, Simulation, str | None]:
    """Segment, building and the name of the simulated meter; None is the whole bus."""
    buildings = dict(_buildings(call))
    name = whom.text.strip('"')
    if name in buildings:
        return name, buildings[name], None
    for segment, building in buildings.items():
        if name in [place.name for place in building.places()]:
            return segment, building, name
    meter = choose_one(call.parts, whom)
    if meter.segment not in buildings:
        raise RefusedError(f"{meter.label} hangs on {meter.segment}, which is no simulated building.", Kind.REFUSED)
    return meter.segment, buildings[meter.segment], _simulated(buildings[meter.segment], meter)


def _simulated(building: Simulation, meter: Meter) -> str:
    """The name of the simulated meter that an installed one is."""
    for place in building.places():
        if _is(meter, place):
            return place.name
    raise RefusedError(f"The building has no meter like {meter.label}.", Kind.NOT_FOUND)


def _is(meter: Meter, place: SimulatedPlace) -> bool:
    if meter.secondary_address is None:
        return meter.primary_address == place.primary_address
    return place.secondary_address is not None and meter.secondary_address.matches(place.secondary_address)


def _speed(factor: float) -> str:
    return "as fast as time" if factor == 1 else f"{factor:.6f}".rstrip("0").rstrip(".") + " times as fast as time"
