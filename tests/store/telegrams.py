"""Telegrams to store: a heat meter of fifteen records, and smaller ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from appliance.mbus.dates import write_date, write_date_time

FIRST_DAY: Final = datetime(2020, 1, 1)  # noqa: DTZ001 - a meter's clock has no zone
MINUTES: Final = 20 * 365 * 24 * 60

HEAT_RECORDS: Final = (
    ("0C06", 4),  # energy, kWh
    ("0C14", 4),  # volume, 0.01 m3
    ("0B2D", 3),  # power, 100 W
    ("0B3B", 3),  # flow, l/h
    ("0A5A", 2),  # flow temperature
    ("0A5E", 2),  # return temperature
    ("0A62", 2),  # difference
    ("4C06", 4),  # energy on the due date
    ("4C14", 4),
    ("046D", 4),  # date and time
    ("426C", 2),  # due date
    ("0C78", 4),  # fabrication number
    ("0A27", 2),  # days of operation
    ("1B2D", 3),  # highest power
    ("02FD17", 2),  # error flags
)


def long_frame(user_data: bytes) -> bytes:
    """A long frame around CI and what follows, of C 08 and address 1."""
    body = b"\x08\x01" + user_data
    return bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def header(meter: int, status: int = 0, access: int = 0) -> bytes:
    """CI 72 and a long header: manufacturer KAM, version 1, heat."""
    identification = bytes.fromhex(f"{meter:08d}")[::-1]
    return b"\x72" + identification + bytes.fromhex("2D2C0104") + bytes((access & 0xFF, status, 0, 0))


def heat_meter(meter: int, value: int = 0, status: int = 0, access: int = 0) -> bytes:
    """Fifteen records whose values follow from `value`; its clock goes on by a minute with each."""
    clock = FIRST_DAY + timedelta(minutes=value % MINUTES)
    dates = {"046D": write_date_time(clock), "426C": write_date(clock.replace(month=1, day=1))}
    records = b""
    for number, (head, length) in enumerate(HEAT_RECORDS):
        digits = f"{(value * 7 + number * 131) % 10 ** (2 * length):0{2 * length}d}"
        records += bytes.fromhex(head) + dates.get(head, bytes.fromhex(digits)[::-1])
    return long_frame(header(meter, status, access) + records)


def water_meter(meter: int, value: int = 0, access: int = 0) -> bytes:
    """One record."""
    return long_frame(header(meter, access=access) + b"\x04\x13" + value.to_bytes(4, "little"))


def unreadable(meter: int, value: int = 0) -> bytes:
    """A telegram whose last record is cut: it has no layout."""
    return long_frame(header(meter) + b"\x04\x13" + (value & 0xFFFF).to_bytes(2, "little"))
