"""The building that `busmeister run --demo` shows: its segment, its meters, and a schedule short enough to watch."""

from __future__ import annotations

from typing import Final

from appliance.appliance import Appliance
from appliance.listeners import listener, next_free
from appliance.meters.meter import Meter, MultiTelegram
from drivers.simulated.building import load

BUILDING: Final = "apartment-block"
SEGMENT: Final = "main"
SCHEDULE: Final = "2min"  # sixty meters at 2400 baud take most of a minute
WHO: Final = "demo"
UNIT_LOADS: Final = "250"  # that its master feeds
PORTS: Final = ("console.port", "ssh.port")


def furnish(appliance: Appliance) -> list[str]:
    """Hang the building on an appliance that has nothing yet, and give it ports that are free; what is to be said."""
    said = take_free_ports(appliance)
    if appliance.store.meters.all():
        return said
    if any(segment.url for segment in appliance.settings.segment.values()):
        return [*said, "This appliance has a line of its own: the demo's building was not added."]
    hang_building(appliance)
    return said


def take_free_ports(appliance: Appliance) -> list[str]:
    """A port that somebody else has is left to them: a demo must start beside whatever runs here."""
    said = []
    for name in PORTS:
        wanted = int(appliance.settings.text(name))
        if (free := next_free(wanted)) != wanted:
            appliance.settings.set({name: str(free)}, WHO)
            said.append(f"{name}: {wanted} is taken by {listener(wanted)}, so this demo takes {free}")
    return said


def hang_building(appliance: Appliance) -> None:
    """The segment, its meters, the schedule."""
    settings = {
        f"segment.{SEGMENT}.url": f"simulated://{BUILDING}",
        f"segment.{SEGMENT}.unit_loads": UNIT_LOADS,
        "readout.schedule": SCHEDULE,
    }
    appliance.settings.set(settings, WHO)
    number = appliance.store.meters.next_number()
    meters = [
        Meter(
            id=number + place,
            name=meter.name,
            segment=SEGMENT,
            secondary_address=meter.instrument.secondary_address,
            multi_telegram=MultiTelegram.AUTO,
        )
        for place, meter in enumerate(load(BUILDING).meters)
    ]
    appliance.store.meters.add(*meters)
