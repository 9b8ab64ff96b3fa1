"""The power of a bus, switched where the board can (operations.md §6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.meters import check_segment
from appliance.operations.operation import operation
from appliance.operations.panel import panel_of
from appliance.operations.segments import Name
from appliance.operations.session import Switch

LONG: Final = timedelta(days=366)  # nothing is read without power until it is on again


def _leads_to(call: Call, segment: Name, state: Switch) -> str:
    if state is Switch.ON:
        return f"The meters of {segment} start up."
    meters = len(call.parts.store.meters.meters(segment))
    return f"{meters} meters of {segment} lose their power and are not read until it is on again."


@operation("bus power", level=3, audited=True, confirms="Switch it?", warns=_leads_to)
def bus_power(call: Call, segment: Name, state: Switch) -> Answer:
    """Switches bus power where the board can."""
    check_segment(call, segment)
    panel_of(call).set_power(segment, state is Switch.ON)
    if state is Switch.ON:
        call.parts.engine.resume(segment)
    else:
        call.parts.engine.pause(segment, call.now() + LONG)
    return Answer(sentence=f"the power of {segment} is {state}")
