"""The fields of a meter (settings.md §26.1) as rows of a form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from appliance.meters.meter import Meter
from appliance.operations.call import Call
from appliance.operations.meter_view import find_meter
from appliance.operations.meters import FIELDS
from appliance.settings import Line
from appliance.settings.row import Setting

LEVEL: Final = 2
UNSET: Final = Meter(id=0)
HELP: Final = {
    "name": "Name or number of the place.",
    "location": "Where the meter is.",
    "cost_centre": "Cost centre.",
    "group": "Tenant or group, for reports and exports per group.",
    "comment": "Anything worth knowing.",
    "state": "Passive meters are not read; values stay.",
    "segment": "Interface the meter is reached through.",
    "addressing": "How the meter is addressed.",
    "secondary_address": "Secondary address, mostly the meter's number.",
    "primary_address": "Primary address; needed for primary addressing.",
    "baud_rate": "Baud rate of this meter; 0 = as the segment says.",
    "schedule": "Own readout cycle; empty = as readout.schedule.",
    "multi_telegram": "Read further telegrams.",
    "multi_telegram_limit": "Most telegrams read; 0 = until the meter ends.",
    "response_timeout": "Own wait for a slow meter; 0 = as the segment says.",
    "initialization": "What is sent before a reading.",
    "application_reset_subcode": "Subcode of the application reset.",
    "battery": "Battery-powered: read seldom, mind its access limit.",
    "store": "Store its values.",
}


def meter_fields(call: Call, number: int) -> tuple[Line, ...]:
    """Every field that can be changed, with its value."""
    call.need_level(1, "a meter")
    meter = find_meter(call, number)
    return tuple(_line(name, field_text(name, meter), row) for name, row in ROWS.items())


def _line(name: str, text: str, row: Setting[Any]) -> Line:
    return Line(name, row, text, f"{text} {row.kind.unit}".rstrip(), row.default, text == row.default)


def field_text(name: str, meter: Meter) -> str:
    """As it is typed back."""
    match name:
        case "state":
            return "active" if meter.active else "passive"
        case "secondary_address":
            return str(meter.secondary_address or "")
        case "response_timeout":
            return FIELDS[name].format(timedelta(seconds=meter.response_timeout))
    value = getattr(meter, name)
    return "" if value is None else FIELDS[name].format(value)


ROWS: Final[dict[str, Setting[Any]]] = {
    name: Setting(FIELDS[name], field_text(name, UNSET), level=LEVEL, help=sentence) for name, sentence in HELP.items()
}
"""In the order of the form."""
