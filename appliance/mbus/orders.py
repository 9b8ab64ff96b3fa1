"""What a master tells a slave, in words (public M-Bus documentation)."""

from __future__ import annotations

from typing import Final

from appliance.mbus.codings import Order
from appliance.mbus.frames import FCB, FCV, REQ_UD1, REQ_UD2, SND_NKE, SND_UD

APPLICATION_RESET: Final = 0x50
DATA_SEND: Final = 0x51
SELECTION: Final = 0x52
SYNCHRONIZE: Final = 0x54
DATA_SEND_MODE_2: Final = 0x55
SELECTION_MODE_2: Final = 0x56
RECORDS: Final = {DATA_SEND: Order.LEAST_FIRST, DATA_SEND_MODE_2: Order.MOST_FIRST}  # what has records, in which order
SET_PRIMARY_ADDRESS: Final = b"\x01\x7a"
SET_IDENTIFICATION: Final = (b"\x0c\x79", b"\x07\x79")

# fmt: off
BAUD_RATES: Final = {
    0xB8:    300,
    0xB9:    600,
    0xBA:  1_200,
    0xBB:  2_400,
    0xBC:  4_800,
    0xBD:  9_600,
    0xBE: 19_200,
    0xBF: 38_400,
}
# CI fields whose user data, if any, are octets without records.
OCTET_ORDERS: Final = {
    APPLICATION_RESET: "application reset",
    SYNCHRONIZE:       "synchronize",
    0x5C:              "synchronize",
    0x90:              "read RAM",
    0x91:              "write user data",
    0x92:              "initialize test calibration",
    0x93:              "read EEPROM",
    0x96:              "start software test",
}
RESET_SUBCODES: Final = {
    0x0: "all",
    0x1: "user data",
    0x2: "simple billing",
    0x3: "enhanced billing",
    0x4: "multi tariff billing",
    0x5: "instantaneous values",
    0x6: "load management values",
    0x8: "installation and start-up",
    0x9: "testing",
    0xA: "calibration",
    0xB: "manufacturing",
    0xC: "development",
    0xD: "self-test",
}
SHORT_FRAMES: Final = {
    SND_NKE: "initialize",
    REQ_UD1: "request class 1 data",
    REQ_UD2: "request class 2 data",
}
# fmt: on


def is_order(control: int) -> bool:
    """A long frame from the master: SND_UD, whatever its frame count bit."""
    return control & ~FCB == SND_UD


def short_frame_order(control: int) -> str:
    """`0x7B` -> `request class 2 data`."""
    for candidate in (control, control & ~FCB, control & ~(FCB | FCV) | FCV):
        if candidate in SHORT_FRAMES:
            return SHORT_FRAMES[candidate]
    return f"control field {control:02X}"


def order_words(ci: int, user_data: bytes) -> str:
    """What SND_UD with this CI field and these data asks for."""
    if ci in BAUD_RATES:
        return f"set baud rate {BAUD_RATES[ci]}"
    if ci == APPLICATION_RESET and user_data:
        return f"application reset: {RESET_SUBCODES.get(user_data[0] >> 4, 'reserved')} {user_data[0]:02X}"
    if ci in (DATA_SEND, DATA_SEND_MODE_2):
        return _data_send(user_data)
    if ci in (SELECTION, SELECTION_MODE_2):
        return "select" if len(user_data) <= 8 else "select enhanced"
    return OCTET_ORDERS.get(ci, f"unknown order {ci:02X}")


def _data_send(user_data: bytes) -> str:
    if user_data[:2] == SET_PRIMARY_ADDRESS and len(user_data) == 3:
        return "set primary address"
    if user_data[:2] in SET_IDENTIFICATION:
        return "set identification"
    if user_data[:1] == b"\x7f":
        return "select all data for readout"
    return "send data"
