"""The building that `busmeister run --demo` shows: its segment, its meters, and a schedule short enough to watch."""

from __future__ import annotations

from typing import Final

from appliance.appliance import Appliance
from appliance.meters.meter import Meter, MultiTelegram
from drivers.simulated.building import load

BUILDING: Final = "apartment-block"
SEGMENT: Final = "main"
SCHEDULE: Final = "2min"  # sixty meters at 2400 baud take most of a minute
WHO: Final = "demo"


def furnish(appliance: Appliance) -> None:
    """Hang the building on an appliance that has no meters yet; one that has any keeps what it has."""
    if appliance.store.meters.all():
        return
    settings = {f"segment.{SEGMENT}.url": f"simulated://{BUILDING}", "readout.schedule": SCHEDULE}
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
