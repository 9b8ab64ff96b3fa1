"""Orders about the relays (operations.md §11)."""

from __future__ import annotations

from typing import Annotated

from appliance.operations.answer import Answer, Table
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.panel import panel_of
from appliance.operations.panel_view import RelayState
from appliance.settings.kinds import Integer
from appliance.settings.subjects.panel import RELAYS

Number = Annotated[int, Integer(1, RELAYS)]


@operation("show relays", level=1)
def show_relays(call: Call) -> Answer:
    """Relays, their state and why."""
    rows = [(one.number, "on" if one.on else "off", one.reason) for one in panel_of(call).view().relays]
    return Answer(table=Table.of("relay state why", rows, right="relay"))


@operation("relay set", level=3, audited=True)
def relay_set(call: Call, n: Number, state: RelayState) -> Answer:
    """Switches a relay by hand until automatic."""
    panel_of(call).set_relay(n, state)
    return Answer(sentence=f"relay {n} is {state}")


@operation("relay reset", level=2, audited=True)
def relay_reset(call: Call, n: Number | None = None) -> Answer:
    """Releases a relay that is held."""
    panel_of(call).reset_relay(n)
    return Answer(sentence=f"relay {n} is released" if n else "all relays are released")
