"""Orders that look into telegrams (operations.md §6)."""

from __future__ import annotations

from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.mbus.json_line import json_line
from appliance.mbus.telegram import decode
from appliance.meters.units import show
from appliance.operations.answer import Answer, RawJson, Table
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.readings import aside
from appliance.settings.kinds import NotTaken, Octets

FRAME: Final = Octets(1, 300)


@operation("telegram decode", level=1)
def telegram_decode(call: Call, *hex_: str) -> Answer:
    """Decodes a telegram without storing it."""
    try:
        telegram = decode(FRAME.parse(" ".join(hex_).removeprefix("0x")))
    except NotTaken:
        raise RefusedError(f'"telegram decode" takes {FRAME.allowed()}.', Kind.VALUE) from None
    localization = call.parts.settings.localization
    sign = localization.decimal_separator.sign
    rows = []
    for record in telegram.records or ():
        value = show(record, localization.units, decimal_sign=sign)
        rows.append(
            (record.index, record.quantity, value.number, value.unit, aside(record), record.octets.hex(" ").upper())
        )
    address = telegram.secondary_address
    lines = (f"{address or telegram.link}  {'; '.join(telegram.notes)}".rstrip(),)
    table = Table.of("record quantity value unit notes octets", rows, right="record value")
    return Answer(lines=lines, table=table, data=RawJson(json_line(telegram)))
