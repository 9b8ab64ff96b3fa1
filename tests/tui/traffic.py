"""A minute on the wire of a small building, as events."""

from __future__ import annotations

from datetime import timedelta

from appliance.clock import VirtualClock
from appliance.events import BusTraffic, Direction
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.encode import encode_record, encode_telegram
from appliance.mbus.frames import SND_UD, LongFrame, ShortFrame
from appliance.mbus.header import Header

KAM = 0x2C2D
HEAT = 0x04


def heat_meter(identification: str = "71204518", status: int = 0, text: bytes = b"") -> bytes:
    """A heat meter's answer with thirteen records; `text` is a record of its own."""
    octets = bytes.fromhex
    records = [
        encode_record(b"\x04", b"\x06", 24318),
        encode_record(b"\x04", b"\x14", 148265),
        encode_record(b"\x02", b"\x2d", 64),
        encode_record(b"\x02", b"\x3b", 284),
        encode_record(b"\x02", b"\x59", 5831),
        encode_record(b"\x02", b"\x5d", 3894),
        encode_record(b"\x02", b"\x61", 1937),
        encode_record(b"\x12", b"\x2d", 112),
        encode_record(b"\x02", b"\x22", 31204),
        encode_record(b"\x44", b"\x06", 21904),
        octets("42 6c 3f 3c"),
        octets("04 6d 1e 0e 55 3b"),
    ]
    if text:
        records.append(b"\x0d\xfd\x0b" + bytes((len(text),)) + text[::-1])
    header = Header(identification, KAM, 0x34, HEAT, access_number=42, status=status)
    return encode_telegram(header, records, primary_address=30, manufacturer_data=octets("12 a0 00 07 31 0a 55"))


def select(identification: str) -> bytes:
    """Selection of a meter by its digits."""
    return LongFrame(SND_UD, 0xFD, 0x52, SecondaryAddress(identification, KAM).to_bytes()).to_bytes()


def minute(clock: VirtualClock, segment: str = "main", answer: bytes = b"") -> list[BusTraffic]:
    """One meter answers, one is silent three times, one has an error, one answers with `answer`."""
    start, passed, events = clock.now(), 0, []

    def add(direction: Direction, octets: bytes, note: str, milliseconds: int) -> None:
        nonlocal passed
        passed += milliseconds
        events.append(BusTraffic(segment, start + timedelta(milliseconds=passed), direction, octets, note))

    for identification, octets in (("71204531", heat_meter("71204531", 0x0C)), ("45120933", b""), ("71204518", answer)):
        add(Direction.SENT, ShortFrame(0x40, 0xFD).to_bytes(), "initialize", 40)
        add(Direction.RECEIVED, b"\xe5", "after 52 ms", 52)
        for _attempt in range(1 if octets or identification == "71204518" else 3):
            add(Direction.SENT, select(identification), f"select {identification}", 60)
            if identification == "45120933":
                add(Direction.SILENCE, b"", "no answer in 1500 ms", 1500)
        if identification != "45120933":
            add(Direction.RECEIVED, b"\xe5", "after 61 ms", 147)
            add(Direction.SENT, ShortFrame(0x7B, 0xFD).to_bytes(), "request", 23)
            add(Direction.RECEIVED, octets or heat_meter(), "after 312 ms", 688)
    return events
