"""Telegrams to measure with: those of real meters, each time with other data."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from appliance.mbus.codings import Coding, Kind
from appliance.mbus.layout import Layout
from appliance.mbus.records import RecordSpan
from appliance.mbus.telegram import decode

PROJECT: Final = Path(__file__).resolve().parents[1]
FOLDERS: Final = (PROJECT.parent / "shared" / "telegrams" / "wired", PROJECT / "tests" / "telegrams")
IDENTIFICATION: Final = slice(7, 11)
ACCESS_NUMBER: Final = 15
LONG_ANSWER: Final = 0x72


def frames() -> list[bytes]:
    """The captured telegrams, the project's own where those are not here."""
    folder = next(folder for folder in FOLDERS if folder.is_dir())
    return [bytes.fromhex("".join(path.read_text().split())) for path in sorted(folder.glob("*.hex"))]


def readable(octets: bytes, peer: Callable[[bytes], object]) -> bool:
    """Whether another program reads it too; it may raise whatever it likes."""
    try:
        peer(octets)
    except Exception:  # noqa: BLE001 - a stranger's program: any failure means that it cannot read the telegram
        return False
    return True


def with_other_data(octets: bytes, chance: random.Random) -> bytes:
    """The same telegram of a later day: other values, identification and access number, the checksum right again."""
    layout = Layout.of(octets)
    if layout is None or octets[6] != LONG_ANSWER:
        return octets
    other = bytearray(octets)
    for record, span in zip(decode(octets).records or (), layout.spans, strict=True):
        if record.raw is not None:  # what is no value stays none
            other[span.data : span.end] = _value(span, chance)
    other[IDENTIFICATION] = _digits(4, chance)
    other[ACCESS_NUMBER] = chance.randrange(256)
    return layout.rebuild(layout.data(bytes(other)))


def pass_over(telegrams: Sequence[bytes], count: int, chance: random.Random) -> list[bytes]:
    """Every telegram `count` times, each with data of its own, as several meters of each kind send them in turn."""
    return [with_other_data(octets, chance) for _ in range(count) for octets in telegrams]


def _value(span: RecordSpan, chance: random.Random) -> bytes:
    """Octets that are a value of the record's coding."""
    coding = span.meaning.coding
    write = WRITERS.get(coding.kind)
    return write(coding, chance) if write else chance.randbytes(coding.size)


def _digits(size: int, chance: random.Random) -> bytes:
    return bytes.fromhex(f"{chance.randrange(100**size):0{2 * size}d}")[::-1]


def _day(chance: random.Random) -> datetime:
    return datetime(2022, 1, 1) + timedelta(minutes=chance.randrange(5 * 365 * 24 * 60))  # noqa: DTZ001 - as on the wire


def _counter(coding: Coding, chance: random.Random) -> bytes:
    return chance.randrange(256**coding.size // 2).to_bytes(coding.size, "little")


def _bcd(coding: Coding, chance: random.Random) -> bytes:
    return _digits(coding.size, chance)


def _real(coding: Coding, chance: random.Random) -> bytes:
    return struct.pack("<f" if coding.size == 4 else "<d", chance.uniform(0, 1000))


def _text(coding: Coding, chance: random.Random) -> bytes:
    return bytes(chance.choices(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=coding.size))


def _date(coding: Coding, chance: random.Random) -> bytes:
    day = _day(chance)
    return coding.write(date(day.year, day.month, day.day) if coding.kind is Kind.DATE else day)


WRITERS: Final[dict[Kind, Callable[[Coding, random.Random], bytes]]] = {
    Kind.INTEGER: _counter,
    Kind.BCD: _bcd,
    Kind.REAL: _real,
    Kind.TEXT: _text,
    Kind.DATE: _date,
    Kind.DATE_TIME: _date,
    Kind.LONG_DATE_TIME: _date,
}
