"""Commands to one meter, octet by octet (operations.md §4, `meter send`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any, Final

from appliance.errors import Kind, RefusedError
from appliance.mbus.address import SELECTED
from appliance.mbus.dialogue import orders
from appliance.meters.meter import Addressing, Meter
from appliance.meters.selection import Selection
from appliance.operations.answer import Answer
from appliance.operations.bus_lend import ANSWER_WAITS, ORDER_PATIENCE
from appliance.operations.call import Call
from appliance.operations.meter_state import choose_one
from appliance.operations.operation import operation
from appliance.settings.kinds import Integer, Octets

LONGEST: Final = 249  # octets of user data after the CI field of a long frame
Subcode = Annotated[int, Integer(0, 255)]
UserData = Annotated[bytes, Octets(0, LONGEST + 1)]


class Command(StrEnum):
    """What can be sent."""

    NKE = "nke"
    RESET = "reset"
    PRIMARY_ADDRESS = "primary_address"
    BAUD_RATE = "baud_rate"
    RAW = "raw"


NEEDS_VALUE: Final = (Command.PRIMARY_ADDRESS, Command.BAUD_RATE)


@operation("meter send", level=3, audited=True, confirms="Send it?", long=True)
def meter_send(
    call: Call, meter: Selection, kind: Command, *, subcode: Subcode = 0, value: int | None = None, data: UserData = b""
) -> Answer:
    """Sends a command to a meter: SND_NKE, application reset, new primary address, new baud rate, raw SND_UD."""
    chosen = choose_one(call.parts, meter)
    octets = command_octets(chosen, kind, subcode=subcode, value=value, data=data)
    selected = chosen.secondary_address if chosen.addressing is not Addressing.PRIMARY else None
    dialogue = orders.give_order(octets, ANSWER_WAITS, f"{kind} to {chosen.label}", select=selected)
    delay: float = call.parts.engine.talk(chosen.segment, dialogue, chosen.baud_rate).result(ORDER_PATIENCE)
    _remember(call, chosen, kind, value)
    after = f"acknowledged after {round(delay * 1000)} ms"
    written = octets.hex(" ").upper()
    return Answer(sentence=f"{written} sent to {chosen.label}, {after}", data={"octets": octets.hex().upper()})


def command_octets(
    meter: Meter, kind: Command, *, subcode: int = 0, value: int | None = None, data: bytes = b""
) -> bytes:
    """The frame that is sent; raises `RefusedError` or `EncodeError` where there is none."""
    address = meter.primary_address if meter.addressing is Addressing.PRIMARY else SELECTED
    if address is None:
        raise RefusedError(f"{meter.label} has no primary address.", Kind.VALUE)
    if kind in NEEDS_VALUE and value is None:
        raise RefusedError(f'"meter send" {kind} needs value=NUMBER.', Kind.USAGE)
    match kind:
        case Command.NKE:
            return orders.normalise(address)
        case Command.RESET:
            return orders.application_reset(address, subcode)
        case Command.PRIMARY_ADDRESS:
            return orders.set_primary_address(address, value or 0)
        case Command.BAUD_RATE:
            return orders.set_baud_rate(address, value or 0)
    if not data:
        raise RefusedError('"meter send" raw needs data=HEX, the CI field first.', Kind.USAGE)
    return orders.user_data(address, data[0], data[1:])


def _remember(call: Call, meter: Meter, kind: Command, value: int | None) -> None:
    """A meter that took another address or speed is asked there from now on."""
    changes: Mapping[Command, dict[str, Any]] = {
        Command.PRIMARY_ADDRESS: {"primary_address": value},
        Command.BAUD_RATE: {"baud_rate": value},
    }
    if kind in changes:
        call.parts.store.meters.change(replace(meter, **changes[kind]))
        call.parts.engine.reconfigure()
