"""Layouts: what is compared, what is kept, and that both together are the telegram again."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.errors import TelegramError
from appliance.mbus.book import MOST, MOST_OF_A_KIND, LayoutBook
from appliance.mbus.encode import encode_application_error, encode_record, encode_telegram, plain_text_vif
from appliance.mbus.header import Header
from appliance.mbus.json_line import json_line
from appliance.mbus.layout import Layout, MeterKind
from appliance.mbus.telegram import Telegram, decode
from tests.mbus.mutate import seal

HEADER = Header("12345678", 0x2C2D, 1, 4, access_number=5)
ENERGY = encode_record(b"\x0c", b"\x06", 12345)
VOLUME = encode_record(b"\x04", b"\x13", 6408)
TELEGRAM = encode_telegram(HEADER, [ENERGY, VOLUME], primary_address=1)


def layout_of(octets: bytes) -> Layout:
    layout = Layout.of(octets)
    assert layout is not None
    return layout


def same(one: Layout, other: Layout) -> bool:
    return one.equals(other)


def test_values_and_header_data_do_not_choose_the_layout() -> None:
    later = encode_telegram(
        Header("87654321", 0x2C2D, 1, 4, access_number=77, status=8, configuration=0x2000),
        [encode_record(b"\x0c", b"\x06", 99999999), encode_record(b"\x04", b"\x13", -1)],
        primary_address=250,
    )
    layout = layout_of(TELEGRAM)
    assert layout.belongs(later)
    assert same(layout, layout_of(later))
    assert layout.values(later) == (99999999, -1)


@pytest.mark.parametrize(
    "other",
    [
        encode_telegram(Header("12345678", 0x2C2E, 1, 4), [ENERGY, VOLUME], primary_address=1),
        encode_telegram(Header("12345678", 0x2C2D, 2, 4), [ENERGY, VOLUME], primary_address=1),
        encode_telegram(Header("12345678", 0x2C2D, 1, 7), [ENERGY, VOLUME], primary_address=1),
        encode_telegram(HEADER, [VOLUME, ENERGY], primary_address=1),
        encode_telegram(HEADER, [ENERGY], primary_address=1),
        encode_telegram(HEADER, [ENERGY, encode_record(b"\x44", b"\x13", 6408)], primary_address=1),
        encode_telegram(HEADER, [ENERGY, encode_record(b"\x04", b"\x14", 6408)], primary_address=1),
    ],
    ids=["manufacturer", "version", "medium", "order of records", "fewer records", "storage number", "unit"],
)
def test_another_shape_is_another_layout(other: bytes) -> None:
    assert not layout_of(TELEGRAM).belongs(other)
    assert not same(layout_of(TELEGRAM), layout_of(other))


def test_data_octets_are_all_that_a_store_keeps() -> None:
    data = layout_of(TELEGRAM).data(TELEGRAM)
    assert data == bytes.fromhex("0801 78563412 05000000 45230100 08190000")


def test_telegram_is_rebuilt_to_the_last_octet_from_three_parts_and_data() -> None:
    layout = layout_of(TELEGRAM)
    loaded = Layout.of_parts(layout.length, layout.mask, layout.pattern)
    assert loaded.rebuild(layout.data(TELEGRAM)) == TELEGRAM
    assert loaded.values(TELEGRAM) == (12345, 6408)
    assert loaded.values_of_data(layout.data(TELEGRAM)) == (12345, 6408)
    assert loaded.kind == MeterKind(0x2C2D, 1, 4)


@pytest.mark.parametrize("data", [b"", bytes(17), bytes(19)])
def test_data_of_another_length_are_refused(data: bytes) -> None:
    with pytest.raises(TelegramError, match="octets of data"):
        layout_of(TELEGRAM).rebuild(data)


def test_damaged_row_of_the_store_is_refused_as_a_layout() -> None:
    layout = layout_of(TELEGRAM)
    for length, mask, pattern in (
        (layout.length + 1, layout.mask, layout.pattern),
        (layout.length, layout.mask[1:] + b"\0", layout.pattern),
        (layout.length, layout.mask, layout.pattern[:19] + b"\x8f" * 14 + layout.pattern[33:]),
        (3, b"\0\0\0", b"\0\0\0"),
    ):
        with pytest.raises(TelegramError):
            LayoutBook().make(length, mask, pattern)


@pytest.mark.parametrize(
    "records",
    [
        b"\x2f\x2f" + ENERGY + b"\x2f" + VOLUME + b"\x2f\x2f",
        ENERGY + b"\x0f\x01\x02\x0f",
        ENERGY + b"\x1f",
        ENERGY + b"\x0f",
        b"\x04" + plain_text_vif("100% of%b{0}") + bytes(4),
        encode_record(b"\x0d", b"\x78", "abc"),
        b"\x2f",
        b"",
    ],
    ids=[
        "fillers",
        "manufacturer data",
        "more follows",
        "bare 0F",
        "text of a VIF",
        "LVAR",
        "filler alone",
        "no record",
    ],
)
def test_every_kind_of_octet_behind_the_header_is_rebuilt(records: bytes) -> None:
    octets = encode_telegram(HEADER, [records], primary_address=1)
    layout = layout_of(octets)
    assert layout.rebuild(layout.data(octets)) == octets
    assert layout.decode(octets) == decode(octets)


def test_length_of_variable_data_is_compared() -> None:
    short, long = (
        encode_telegram(HEADER, [encode_record(b"\x0d", b"\x78", text), filler], primary_address=1)
        for text, filler in (("abc", b"\x2f"), ("abcd", b""))
    )
    assert len(short) == len(long)
    assert not layout_of(short).belongs(long)


def test_manufacturer_data_are_kept_whatever_they_are() -> None:
    one, other = (
        encode_telegram(HEADER, [ENERGY, b"\x0f" + data], primary_address=1) for data in (b"\x04\x13", b"\x0f\x1f")
    )
    assert layout_of(one).belongs(other)
    assert layout_of(one).decode(other) == decode(other)


@pytest.mark.parametrize("status", [0, 1, 2, 3])
def test_fixed_structure_is_chosen_by_two_status_bits_and_its_units(status: int) -> None:
    octets = seal(
        bytes((0x08, 0x05, 0x73, 0x78, 0x56, 0x34, 0x12, 0x0A, 0xE0 | status)) + bytes.fromhex("E97E01000000 35010000")
    )
    layout = layout_of(octets)
    assert layout.rebuild(layout.data(octets)) == octets
    assert layout.decode(octets) == decode(octets)
    for other in range(4):
        assert layout.belongs(octets[:12] + bytes((other,)) + octets[13:]) == (other == status)
    assert not layout.belongs(octets[:13] + b"\xe8" + octets[14:])


@pytest.mark.parametrize("ci", [0x76, 0x77])
def test_mode_2_with_the_most_significant_octet_first_has_layouts(ci: int) -> None:
    body = bytes.fromhex("12345678 2C2D0104 05000000 0C0600012345 041300001908")
    octets = seal(bytes((0x08, 0x01, ci)) + (body if ci == 0x76 else body[:16]))
    layout = layout_of(octets)
    assert layout.decode(octets) == decode(octets)
    assert layout.rebuild(layout.data(octets)) == octets


@pytest.mark.parametrize(
    "octets",
    [
        b"\xe5",
        b"\x10\x5b\x01\x5c\x16",
        encode_application_error(8, primary_address=1),
        seal(bytes.fromhex("53 01 51 01 7A 05")),
        seal(bytes.fromhex("08 01 79 EDA8 6AB6 7100")),
        seal(bytes.fromhex("08 01 69 04 F00D 0413")),
        seal(bytes.fromhex("08 01 A0 01 02 03")),
        seal(TELEGRAM[4:-2] + b"\x04\x13\x01"),
        seal(bytes((0x08, 0x01, 0x72)) + HEADER.to_bytes()[:10] + b"\x10\x05" + bytes(16)),
        seal(bytes.fromhex("08 01 72 01 02 03")),
        TELEGRAM[:-2] + b"\x00\x16",
        b"",
    ],
    ids=[
        "acknowledge", "short frame", "application error", "order of a master", "compact frame", "format frame",
        "unknown CI", "marked record", "encrypted", "header cut", "wrong checksum", "nothing",
    ],
)  # fmt: skip
def test_what_has_no_layout_is_kept_whole(octets: bytes) -> None:
    assert Layout.of(octets) is None
    assert LayoutBook().find(octets) is None


def test_plan_leaves_an_encrypted_telegram_of_the_same_shape_to_the_slow_path() -> None:
    records = [encode_record(b"\x04", b"\x13", 1)] * 4
    plain = encode_telegram(HEADER, records, primary_address=1)
    encrypted = seal(plain[4:17] + b"\x10\x05" + plain[19:-2])
    book = LayoutBook()
    book.decode(plain)
    telegram = book.decode(encrypted)
    assert telegram.security == "aes-cbc-iv"
    assert telegram.records is None
    assert book.find(encrypted) is None
    assert book.decode_many([encrypted]) == ([()], [()])


def test_old_signature_in_place_of_the_configuration_word_is_plain_with_a_note() -> None:
    octets = seal(TELEGRAM[4:17] + b"\xb6\x27" + TELEGRAM[19:-2])
    book = LayoutBook()
    book.decode(octets)
    for each in (octets, seal(TELEGRAM[4:17] + b"\xff\xff" + TELEGRAM[19:-2])):
        assert book.decode(each) == decode(each)
        assert book.decode(each).notes == decode(each).notes


def test_wrong_checksum_is_an_error_also_where_the_layout_is_known() -> None:
    book = LayoutBook()
    book.decode(TELEGRAM)
    broken = TELEGRAM[:-2] + bytes((TELEGRAM[-2] ^ 1, 0x16))
    with pytest.raises(TelegramError, match="checksum"):
        book.decode(broken)
    with pytest.raises(TelegramError, match="checksum"):
        book.json_line(broken)
    [error] = book.decode_many([broken]).values
    assert isinstance(error, TelegramError)
    assert error.octet == len(broken) - 2


def test_planned_telegram_equals_the_slow_one_both_ways_and_in_its_hash() -> None:
    planned, slow = layout_of(TELEGRAM).decode(TELEGRAM), decode(TELEGRAM)
    assert planned == slow
    assert slow == planned
    assert hash(planned) == hash(slow)
    assert repr(planned).replace("PlannedTelegram", "Telegram") == repr(slow)
    assert planned != decode(encode_telegram(HEADER, [ENERGY], primary_address=1))
    assert planned.__eq__(TELEGRAM) is NotImplemented


def test_planned_telegram_can_be_changed_in_a_copy() -> None:
    planned = layout_of(TELEGRAM).decode(TELEGRAM)
    assert replace(planned, notes=("kept",)).notes == ("kept",)
    with pytest.raises(AttributeError):
        planned.notes = ()  # type: ignore[misc]  # frozen, and to be found so
    with pytest.raises(AttributeError, match="colour"):
        getattr(planned, "colour")  # noqa: B009 - a name that does not exist


def test_line_of_json_is_the_same_before_and_after_the_layout_is_known() -> None:
    book = LayoutBook()
    lines = {book.json_line(TELEGRAM) for _ in range(3)}
    assert lines == {json_line(decode(TELEGRAM), octets=False, notes=False)}


def test_many_telegrams_keep_their_order() -> None:
    book = LayoutBook()
    other = encode_telegram(HEADER, [VOLUME], primary_address=2)
    unsound, order = TELEGRAM[:9], b"\x10\x40\x01\x41\x16"
    book.decode(TELEGRAM)
    meanings, values = book.decode_many([other, TELEGRAM, unsound, other, order, TELEGRAM])
    assert values[:2] == [(6408,), (12345, 6408)]
    assert isinstance(values[2], TelegramError)
    assert values[3:] == [(6408,), (), (12345, 6408)]
    assert [meaning.quantity for meaning in meanings[1]] == ["energy", "volume"]
    assert meanings[2] == ()


def test_hostile_meter_gets_no_more_than_its_share_of_layouts() -> None:
    book = LayoutBook()
    for number in range(3 * MOST_OF_A_KIND):
        vif = plain_text_vif(f"{number:04d}")
        octets = encode_telegram(HEADER, [b"\x04" + vif + bytes(4)], primary_address=1)
        assert book.decode(octets) == decode(octets)
        assert (book.find(octets) is not None) == (number < MOST_OF_A_KIND)
    assert len(book) == MOST_OF_A_KIND
    assert book.find(encode_telegram(Header("1", 0x2C2D, 2, 4), [VOLUME], primary_address=1)) is not None


def test_hostile_meter_that_changes_its_kind_fills_no_memory() -> None:
    book = LayoutBook()
    book._counts = {MeterKind(number): MOST_OF_A_KIND for number in range(MOST // MOST_OF_A_KIND)}
    assert book.find(TELEGRAM) is None


def test_layout_of_one_more_kind_of_meter_takes_little_room() -> None:
    records = [ENERGY, VOLUME, *(encode_record(b"\x8c\x10", b"\x06", 1),) * 13]
    telegrams = [encode_telegram(Header("1", 0x2C2D, 1, medium), records, primary_address=1) for medium in range(65)]
    warm = LayoutBook()
    warm.decode(telegrams[0])
    warm.decode(telegrams[0])
    tracemalloc.start()
    try:
        book = LayoutBook()
        for octets in telegrams * 2:
            book.decode(octets)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(book) == 65
    assert size / 65 < 16_000


def captured_frames(captured: Path) -> list[bytes]:
    files = sorted((captured / "wired").glob("*.hex"))
    return [bytes.fromhex("".join(path.read_text().split())) for path in files]


def test_every_captured_telegram_is_rebuilt_exactly_and_read_alike(captured: Path) -> None:
    book = LayoutBook()
    for octets in captured_frames(captured):
        slow: Telegram = decode(octets)
        layout = book.find(octets)
        assert layout is not None
        assert layout.rebuild(layout.data(octets)) == octets
        assert layout.decode(octets) == slow
        assert layout.values_of_data(layout.data(octets)) == tuple(record.raw for record in slow.records or ())
