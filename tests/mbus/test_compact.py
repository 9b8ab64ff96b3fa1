"""Compact and format frames: records put together from a format heard before."""

from __future__ import annotations

import pytest

from appliance.errors import TelegramError
from appliance.mbus.book import LayoutBook
from appliance.mbus.compact import MOST_OF_A_SIGNATURE, Format, FormatBook
from appliance.mbus.encode import plain_text_vif
from appliance.mbus.signature import crc16, format_signature
from appliance.mbus.telegram import decode
from tests.mbus.mutate import seal

HEADERS = [bytes.fromhex(header) for header in ("02FF20", "0413", "4413", "615B", "6167")]
RECORDS = bytes.fromhex("02FF207100 041308190000 441308190000 615B7F 616713")
DATA = bytes.fromhex("7100 08190000 08190000 7F 13")
LATER_DATA = bytes.fromhex("0000 09190000 08190000 0C 12")
LONG_HEADER = bytes.fromhex("78563412 2D2C 1B 16 05 00 0000")
SHORT_HEADER = LONG_HEADER[8:]
FRAMES = [(0x72, 0x6B, 0x73, LONG_HEADER), (0x7A, 0x6A, 0x7B, SHORT_HEADER), (0x78, 0x69, 0x79, b"")]


def frame(ci: int, user_data: bytes) -> bytes:
    return seal(bytes((0x08, 0x01, ci)) + user_data)


def reference(signature: int, crc: int) -> bytes:
    return signature.to_bytes(2, "little") + crc.to_bytes(2, "little")


def compact(ci: int, header: bytes, records: bytes = RECORDS, data: bytes = DATA) -> bytes:
    return frame(ci, header + reference(0xA8ED, crc16(records)) + data)


def format_frame(ci: int, header: bytes, headers: bytes, signature: int | None = None) -> bytes:
    octets = (crc16(headers) if signature is None else signature).to_bytes(2, "little") + headers
    return frame(ci, header + bytes((len(octets),)) + octets)


@pytest.mark.parametrize(("full_ci", "format_ci", "compact_ci", "header"), FRAMES)
def test_compact_frame_is_read_after_a_full_one(full_ci: int, format_ci: int, compact_ci: int, header: bytes) -> None:
    book = LayoutBook()
    full = book.decode(frame(full_ci, header + RECORDS))
    telegram = book.decode(compact(compact_ci, header))
    assert telegram.records == full.records
    assert telegram.records is not None
    assert [record.raw for record in telegram.records] == [113, 6408, 6408, 127, 19]
    assert telegram.ci == compact_ci
    assert telegram.header == full.header


@pytest.mark.parametrize(("full_ci", "format_ci", "compact_ci", "header"), FRAMES)
def test_compact_frame_is_read_after_a_format_frame(
    full_ci: int, format_ci: int, compact_ci: int, header: bytes
) -> None:
    book = LayoutBook()
    book.decode(format_frame(format_ci, header, b"".join(HEADERS)))
    telegram = book.decode(compact(compact_ci, header))
    assert telegram.records == decode(frame(full_ci, header + RECORDS)).records


def test_later_compact_frame_brings_its_own_values() -> None:
    book = LayoutBook()
    book.decode(frame(0x78, RECORDS))
    later = bytes.fromhex("02FF200000 041309190000 441308190000 615B0C 616712")
    telegram = book.decode(compact(0x79, b"", later, LATER_DATA))
    assert telegram.records is not None
    assert [record.raw for record in telegram.records] == [0, 6409, 6408, 12, 18]


def test_unknown_format_is_named_and_the_remedy_told() -> None:
    telegram = LayoutBook().decode(compact(0x79, b""))
    assert telegram.records is None
    assert telegram.notes == (
        "compact frame of format A8ED, which has not been heard: read a full telegram of this meter once",
    )


def test_wrong_crc_of_the_full_frame_gives_no_values() -> None:
    book = LayoutBook()
    book.decode(frame(0x78, RECORDS))
    telegram = book.decode(compact(0x79, b"", data=LATER_DATA))
    assert telegram.records is None
    assert "do not have the CRC B66A" in telegram.notes[0]


def test_compact_frame_longer_than_a_frame_with_its_headers_says_so() -> None:
    book = LayoutBook()
    many = bytes.fromhex("0413 01000000") * 36
    book.decode(frame(0x78, many + bytes.fromhex("0D78 01 41")))
    signature = format_signature([b"\x04\x13"] * 36 + [b"\x0d\x78"])
    full = many + bytes.fromhex("0D78 40") + b"A" * 64
    data = bytes.fromhex("01000000") * 36 + b"\x40" + b"A" * 64
    telegram = book.decode(frame(0x79, reference(signature, crc16(full)) + data))
    assert telegram.records is None
    assert telegram.notes == (
        f"compact frame of format {signature:04X}: with its record headers it is longer than a frame, "
        "read a full telegram",
    )


@pytest.mark.parametrize("data", [DATA[:-1], DATA + b"\x00", b""])
def test_data_of_another_length_than_the_format_give_no_values(data: bytes) -> None:
    book = LayoutBook()
    book.decode(frame(0x78, RECORDS))
    assert book.decode(compact(0x79, b"", data=data)).records is None


def test_format_frame_with_a_wrong_signature_is_not_learnt() -> None:
    book = LayoutBook()
    telegram = book.decode(format_frame(0x69, b"", HEADERS[0], signature=0xA8ED))
    assert "the format is not used" in telegram.notes[-1]
    assert book.decode(compact(0x79, b"")).records is None


def test_crc_tells_which_of_two_formats_with_one_signature_was_meant() -> None:
    formats = FormatBook()
    other = Format((HEADERS[0],))
    known = Format(tuple(HEADERS))
    formats._formats[0xA8ED] = (other, known)
    full = formats.full_frame(decode(compact(0x79, b"")))
    assert full == frame(0x78, RECORDS)


def test_meter_that_sends_formats_without_end_fills_no_memory() -> None:
    formats = FormatBook()
    for number in range(5000):
        headers = (b"\x04\x13",) * (number % 60)
        formats.learn(Format((*headers, bytes((0x84, number >> 8, 0x13)), bytes((0x04, number & 0xFF)))))
    assert len(formats) <= 1024
    assert all(len(known) <= MOST_OF_A_SIGNATURE for known in formats._formats.values())


def test_length_of_variable_data_stands_with_the_data() -> None:
    known = Format((b"\x0d\x78", b"\x04\x13"))
    assert known.expand(b"\x03cba\x01\x02\x03\x04") == b"\x0d\x78\x03cba\x04\x13\x01\x02\x03\x04"
    with pytest.raises(TelegramError, match="no length"):
        known.expand(b"")


def test_manufacturer_data_behind_the_records_are_kept() -> None:
    records = RECORDS + b"\x0f\x01\x02"
    book = LayoutBook()
    book.decode(frame(0x78, records))
    telegram = book.decode(compact(0x79, b"", records, DATA + b"\x01\x02"))
    assert telegram.records == decode(frame(0x78, records)).records


def test_more_telegrams_are_announced_by_the_full_frame() -> None:
    records = RECORDS + b"\x1f\x01"
    book = LayoutBook()
    book.decode(frame(0x78, records))
    assert book.decode(compact(0x79, b"", records, DATA + b"\x01")).more


def test_fillers_are_no_part_of_the_format() -> None:
    book = LayoutBook()
    book.decode(frame(0x78, b"\x2f\x2f" + RECORDS + b"\x2f"))
    assert book.decode(compact(0x79, b"")).records is not None


def test_format_with_text_and_extensions_is_cut_at_its_headers() -> None:
    text_last = b"\x04\xfc\xbb\x74\x01m"
    headers = (b"\x84\x10" + plain_text_vif("kWh", b"\x3b"), b"\x04" + plain_text_vif("m"), text_last, b"\x0d\xfd\x11")
    octets = b"".join(headers)
    parsed = Format.parse(octets)
    assert parsed.headers == headers
    assert format_signature(parsed.headers) == crc16(octets)


@pytest.mark.parametrize("octets", ["84", "04", "04FD", "04FC05", "047C", "047C0541", "04FC74", "04FC740241"])
def test_format_that_ends_inside_a_header_is_refused(octets: str) -> None:
    with pytest.raises(TelegramError, match="inside a record header"):
        Format.parse(bytes.fromhex(octets))


def test_records_too_long_for_a_frame_give_a_note() -> None:
    headers = (b"\x04\x13",) * 41
    records = b"".join(header + bytes(4) for header in headers)
    book = LayoutBook()
    book.formats.learn(Format(headers))
    signature = format_signature(headers)
    telegram = book.decode(frame(0x73, LONG_HEADER + reference(signature, crc16(records)) + bytes(41 * 4)))
    assert telegram.records is None
