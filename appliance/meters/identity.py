"""Who a meter is, learnt from what it says: one that was added by a part of its address tells the rest itself."""

from __future__ import annotations

from dataclasses import replace

from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.meters.names import automatic_name


def is_identified(meter: Meter) -> bool:
    """Whether its whole address is known."""
    return meter.secondary_address is not None and not meter.secondary_address.has_wildcards


def identified(meter: Meter, told: SecondaryAddress, template: str) -> Meter:
    """The meter with the address it told. What it is asked by stays as it was typed where that is more; a name that
    was made up from what was known before is made anew."""
    if is_identified(meter):
        return meter
    known = replace(meter, secondary_address=told)
    made_up = meter.name in ("", automatic_name(meter, template))
    return replace(known, name=automatic_name(known, template)) if made_up else known
