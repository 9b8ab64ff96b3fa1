"""The one value of a telegram that a person asks for first."""

from __future__ import annotations

from typing import Final

from appliance.mbus.dif import Function
from appliance.mbus.records import Record
from appliance.mbus.telegram import Telegram

QUANTITIES: Final = ("energy", "volume", "heat cost allocation", "mass", "pulses", "power", "volume flow")
"""What counts comes before what is momentary."""


def main_record(telegram: Telegram) -> Record | None:
    """The present value of the most telling quantity; the first readable number where there is none of those."""
    present = [r for r in telegram.records or () if r.value is not None and _is_present(r)]
    for quantity in QUANTITIES:
        for record in present:
            if record.quantity == quantity:
                return record
    return next((record for record in present if record.unit), None)


def _is_present(record: Record) -> bool:
    return record.storage == 0 and record.tariff == 0 and record.function is Function.INSTANTANEOUS
