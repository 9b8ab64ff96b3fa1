"""The decoder is total: whatever octets come, it answers with a telegram or with an error of ours, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.errors import TelegramError
from appliance.mbus.book import LayoutBook
from appliance.mbus.encode import (
    encode_application_error,
    encode_fixed,
    encode_record,
    encode_telegram,
    plain_text_vif,
)
from appliance.mbus.header import Header
from appliance.mbus.json_line import json_line
from appliance.mbus.signature import crc16
from appliance.mbus.telegram import Telegram, decode
from tests.mbus.mutate import mutations, seal

SLOWEST = 0.010  # seconds of processor time for one telegram
MILLION = 1_000_000
SEED = 13757


def own_telegrams() -> list[bytes]:
    """One of each kind, with records of each coding."""
    header = Header("12345678", 0x2C2D, 1, 4, access_number=5)
    records = [
        encode_record(b"\x0c", b"\x06", 12345),
        encode_record(b"\x84\x10", b"\x13", 6408),
        encode_record(b"\x05", b"\x5b", 21.5),
        bytes.fromhex("046D1E0CD21B 426CFF2C 0DFD1103434241 0DFD11F8000000000000F03F 0B3BFFFFFF 02FD170100"),
        b"\x04" + plain_text_vif("kWh", b"\x3b") + bytes(4),
        b"\x2f" + bytes.fromhex("8CD0E0F0C0800013 12345678"),
    ]
    encrypted = Header("12345678", 0x2C2D, 1, 4, configuration=0x0510)
    full = bytes.fromhex("02FF207100 041308190000")
    headers = b"\x02\xff\x20\x04\x13"
    compact = crc16(headers).to_bytes(2, "little") + crc16(full).to_bytes(2, "little")
    return [
        encode_telegram(header, records, primary_address=1, manufacturer_data=b"\x01\x02\x03"),
        encode_telegram(header, records, primary_address=1, ci=0x76, more=True),
        encode_telegram(encrypted, records, primary_address=1),
        encode_fixed("12345678", b"\xe9\x7e", (1, 135), primary_address=5),
        encode_application_error(8, primary_address=1),
        seal(bytes.fromhex("080178") + full),
        seal(bytes.fromhex("080179") + compact + bytes.fromhex("7100 08190000")),
        seal(
            bytes.fromhex("080169 07") + crc16(b"\x02\xff\x20\x04\x13").to_bytes(2, "little") + b"\x02\xff\x20\x04\x13"
        ),
        seal(bytes.fromhex("530151 0C7978563412")),
        b"\x10\x5b\x01\x5c\x16",
        b"\xe5",
    ]


OWN = own_telegrams()


@pytest.fixture(scope="module")
def captured_telegrams(captured: Path) -> list[bytes]:
    """Those of real meters, sound and faulty ones."""
    files = sorted(captured.glob("wired*/*.hex"))
    return [bytes.fromhex("".join(path.read_text().split())) for path in files]


Answer = Telegram | tuple[str, int]


def answer(way: Callable[[bytes], Telegram], octets: bytes) -> Answer:
    """A telegram, or sentence and octet of the error; anything else is a mistake of ours."""
    try:
        return way(octets)
    except TelegramError as error:
        return error.sentence, error.octet


def read(octets: bytes) -> Answer:
    """By the slow path; a telegram can be written, an error names an octet."""
    read = answer(decode, octets)
    if isinstance(read, Telegram):
        assert json_line(read)
    else:
        assert read[0]
        assert 0 <= read[1] <= len(octets)
    return read


def read_both(octets: bytes, book: LayoutBook) -> Answer:
    """By the slow path and by the book, which agree on all but what a format says that was heard before."""
    slow, quick = read(octets), answer(book.decode, octets)
    if isinstance(slow, tuple) or slow.compact is None:
        assert quick == slow
    layout = book.find(octets)
    if layout is not None:
        assert layout.rebuild(layout.data(octets)) == octets
    return slow


def test_twenty_thousand_mutated_telegrams_bring_no_exception_but_ours() -> None:
    book = LayoutBook()
    for octets in mutations(OWN, SEED, 20_000):
        read_both(octets, book)


def test_ten_thousand_mutated_telegrams_of_real_meters_bring_no_exception_but_ours(
    captured_telegrams: list[bytes],
) -> None:
    book = LayoutBook()
    for octets in mutations(captured_telegrams, SEED, 10_000):
        read_both(octets, book)


def test_mutations_reach_records_layouts_and_formats() -> None:
    book = LayoutBook()
    answers = [read_both(octets, book) for octets in mutations(OWN, SEED, 3_000)]
    telegrams = [answer for answer in answers if isinstance(answer, Telegram)]
    assert sum(bool(telegram.records) for telegram in telegrams) > 1_000
    assert sum(not telegram.sound for telegram in telegrams) > 100
    assert len(answers) - len(telegrams) > 300
    assert len(book) > 50
    assert len(book.formats) > 50


@pytest.mark.parametrize("octets", OWN)
def test_telegram_cut_anywhere_is_an_error_or_its_sound_beginning(octets: bytes) -> None:
    for length in range(len(octets)):
        assert isinstance(read(octets[:length]), tuple)
        read_both(seal(octets[4:length]), LayoutBook())


@pytest.mark.parametrize("octets", OWN)
def test_each_bit_flipped_is_noticed_on_the_line_and_read_when_the_meter_means_it(octets: bytes) -> None:
    book = LayoutBook()
    for position in range(len(octets)):
        for bit in range(8):
            flipped = _flipped(octets, position, bit)
            assert read(flipped) != read(octets)
            read_both(seal(flipped[4:-2]), book)


def test_real_telegram_with_any_octet_flipped_brings_no_exception_but_ours(captured_telegrams: list[bytes]) -> None:
    book = LayoutBook()
    for octets in captured_telegrams:
        for position in range(len(octets)):
            flipped = _flipped(octets, position, position % 8)
            assert isinstance(read(flipped), tuple)
            read_both(seal(flipped[4:-2]), book)


@pytest.mark.soak
def test_a_million_mutated_telegrams_bring_no_exception_but_ours_and_none_takes_long() -> None:
    book = LayoutBook()
    slow = [octets.hex() for octets in mutations(OWN, SEED + 1, MILLION) if _takes_long(octets, book)]
    assert slow == []


def _flipped(octets: bytes, position: int, bit: int) -> bytes:
    return octets[:position] + bytes((octets[position] ^ 1 << bit,)) + octets[position + 1 :]


def _takes_long(octets: bytes, book: LayoutBook) -> bool:
    """Measured again where it seems so: the collector of garbage and other programs take their time too."""
    return _seconds(octets, book) > SLOWEST and min(_seconds(octets, book) for _ in range(3)) > SLOWEST


def _seconds(octets: bytes, book: LayoutBook) -> float:
    began = time.thread_time()
    answer(decode, octets)
    answer(book.decode, octets)
    return time.thread_time() - began
