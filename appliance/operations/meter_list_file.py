"""The list of meters as a file that can be installed again (settings.md §26.3); never with keys."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from appliance.meters.meter import Addressing, Meter
from appliance.meters.selection import Selection
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.meter_form import field_text
from appliance.operations.meter_state import choose
from appliance.operations.meters import ALL, FIELDS
from appliance.operations.operation import operation
from appliance.operations.table_file import Form, write_table

LIST: Final = ("Position", "SecondaryAddress", "BaudRate", "AddressingMode", "PrimaryAddress", "EnhancedAddress")
WORDS: Final = {Addressing.ENHANCED: "esecondary"}  # the file's own word
IN_THE_LIST: Final = ("name", "secondary_address", "baud_rate", "addressing", "primary_address")


class Columns(StrEnum):
    """How much of each meter."""

    LIST = "list"
    FULL = "full"


@operation("meter export", level=2, audited=True, long=True)
def meter_export(call: Call, meters: Selection = ALL, *, columns: Columns = Columns.LIST) -> Answer:
    """Writes a list that can be installed again; never keys."""
    chosen = choose(call.parts, meters)
    further = [name for name in FIELDS if name not in IN_THE_LIST] if columns is Columns.FULL else []
    rows = ([*_listed(meter), *(field_text(name, meter) for name in further)] for meter in chosen)
    name = write_table(call, "meters", [*LIST, *further], rows, Form.CSV, len(chosen))
    return Answer(sentence=f"{name}, {len(chosen)} meters", data={"file": name, "meters": len(chosen)})


def _listed(meter: Meter) -> list[object]:
    address = meter.secondary_address.identification if meter.secondary_address else ""
    primary = "" if meter.primary_address is None else meter.primary_address
    mode = WORDS.get(meter.addressing, str(meter.addressing))
    return [meter.name, address, meter.baud_rate or "", mode, primary, ""]
