"""Automatic names: `{manufacturer} {medium} {primary} {secondary}` -> `ELS water 12 10473002` (setting search.name)."""

from __future__ import annotations

import re
from typing import Final

from appliance.mbus.address import ANY
from appliance.meters.meter import Meter
from appliance.meters.selection import manufacturer_of, medium_of

TEMPLATE: Final = "{manufacturer} {medium} {primary} {secondary}"
LONGEST: Final = 80
BRACES: Final = re.compile(r"\{([a-z]+)\}")


def automatic_name(meter: Meter, template: str = TEMPLATE) -> str:
    """The name by the template; words a meter does not tell are left out, words nobody knows stay as written."""
    address = meter.secondary_address
    words = {
        "manufacturer": manufacturer_of(meter),
        "medium": medium_of(meter),
        "primary": "" if meter.primary_address is None else str(meter.primary_address),
        "secondary": "" if address is None else address.identification,
        "version": "" if address is None or address.version == ANY else str(address.version),
        "segment": meter.segment,
        "number": str(meter.id) if meter.id else "",
    }
    name = BRACES.sub(lambda match: words.get(match[1], match[0]), template)
    return " ".join(name.split())[:LONGEST]
