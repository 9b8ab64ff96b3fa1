"""Telegrams as lines of JSON: exact digits, keys in their order, plan and slow path alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import TelegramError
from appliance.mbus.book import LayoutBook
from appliance.mbus.codings import Raw
from appliance.mbus.encode import encode_application_error, encode_record, encode_telegram, plain_text_vif
from appliance.mbus.frames import SND_UD, LongFrame
from appliance.mbus.header import Header
from appliance.mbus.json_line import error_line, json_line
from appliance.mbus.json_plan import MOST_COMPILED, LineWriter
from appliance.mbus.layout import Layout
from appliance.mbus.manufacturers import manufacturer_code
from appliance.mbus.telegram import Telegram, decode

HEADER = Header("12345678", manufacturer_code("ELV"), 1, 4, access_number=5)
ENERGY = encode_record(b"\x04", b"\x06", 12345)


def sent(records: Iterable[bytes], header: Header = HEADER) -> bytes:
    return encode_telegram(header, records, primary_address=1)


def telegram(*records: bytes, header: Header = HEADER) -> Telegram:
    return decode(sent(records, header))


def read(line: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(line, parse_float=Decimal)
    return answer


def test_line_is_as_the_design_says() -> None:
    assert json_line(telegram(ENERGY)) == (
        '{"ok":true,"link":"long","address":1,"ci":"72","id":"12345678","manufacturer":"ELV","version":1,'
        '"medium":"heat","medium_code":4,"access_number":5,"status":0,"status_text":[],"security":"none","more":false,'
        '"records":[{"index":0,"quantity":"energy","unit":"Wh","value":12345000,"raw":12345,"exponent":3,'
        '"function":"instantaneous","storage":0,"tariff":0,"subunit":0,"dif":"04","vif":"06",'
        '"octets":"040639300000","notes":[]}]}'
    )


@pytest.mark.parametrize(("dif", "vif", "raw", "text"), [
    ("04", "13", 54321,            "54.321"),
    ("04", "13", -1,               "-0.001"),
    ("04", "13", 0,                "0.000"),
    ("04", "06", 0,                "0"),
    ("07", "10", 1 << 62,          "4611686018427.387904"),
    ("05", "2E", Decimal(0),       "0"),
    ("05", "13", Decimal("1.5"),   "0.0015"),
    ("05", "5B", Decimal("1E+20"), "100000000000000000000"),
    ("02", "6C", date(2026, 1, 2), '"2026-01-02"'),
    ("00", "13", None,             "null"),
    ("0D", "78", 'a"\\',           '"a\\"\\\\"'),
    ("0D", "FD3B", b"\xab" * 16,   '"' + "AB" * 16 + '"'),
])  # fmt: skip
def test_value_is_written_with_its_exact_digits(dif: str, vif: str, raw: Raw, text: str) -> None:
    line = json_line(telegram(encode_record(bytes.fromhex(dif), bytes.fromhex(vif), raw)))
    assert f'"value":{text},' in line
    read(line)


def test_status_is_told_in_words() -> None:
    answer = read(json_line(telegram(header=Header("12345678", 1, 1, 4, status=0x1E))))
    assert answer["status_text"] == ["application error", "low power", "permanent error", "temporary error"]


def test_application_error_is_an_answer() -> None:
    answer = read(json_line(decode(encode_application_error(8, primary_address=1))))
    assert answer["ok"] is True
    assert answer["records"] == []
    assert answer["application_error"] == {"code": 8, "text": "application busy"}


def test_order_of_a_master_is_an_answer() -> None:
    line = json_line(decode(LongFrame(SND_UD, 254, 0x51, b"\x01\x7a\x08").to_bytes()))
    assert line.startswith('{"ok":true,"order":"set primary address",')


def test_encrypted_telegram_has_no_records() -> None:
    header = Header("12345678", 1, 1, 4, configuration=0x0510)
    answer = read(json_line(telegram(bytes(16), header=header)))
    assert (answer["security"], answer["records"]) == ("aes-cbc-iv", None)


def test_unreadable_telegram_is_an_error_with_its_octet() -> None:
    assert error_line(TelegramError('It says "68".', b"", 12)) == '{"ok":false,"error":"It says \\"68\\".","octet":12}'


RECORDS = [  # header octets of records with data of four octets
    "0413", "0406", "0440", "04FD17", "0C13", "0C06", "0513", "0506", "055B", "046D", "0418", "048318", "04FF13",
    "0CFB20", "0D7804", "0DFD3BC4", "0DFD3BE4",
]  # fmt: skip


def layout_of(octets: bytes) -> Layout:
    layout = Layout.of(octets)
    assert layout is not None
    return layout


def slow_line(octets: bytes) -> str:
    return json_line(decode(octets), octets=False, notes=False)


@given(st.lists(st.tuples(st.sampled_from(RECORDS), st.binary(min_size=4, max_size=4)), max_size=8), st.data())
def test_plan_writes_any_values_as_the_slow_path_does(records: list[tuple[str, bytes]], data: st.DataObject) -> None:
    layout = layout_of(sent([bytes.fromhex(head) + octets for head, octets in records]))
    for status in (0x00, 0xFF):
        others = [bytes.fromhex(head) + data.draw(st.binary(min_size=4, max_size=4)) for head, _ in records]
        later = sent(others, header=Header("87654321", HEADER.manufacturer, 1, 4, access_number=200, status=status))
        line = layout.json_line(later)
        assert line == slow_line(later)
        read(line)


def test_plain_text_of_a_meter_cannot_break_the_plan() -> None:
    hostile = sent([encode_record(b"\x04", plain_text_vif("%s\"{0}'\n\\"), 5)])
    line = layout_of(hostile).json_line(hostile)
    assert line == slow_line(hostile)
    assert read(line)["records"][0]["quantity"].startswith("%s\"{0}'")


ODD = {  # header octets of a record, plain data, and data that are none or have a sign
    "0413": ("01000000", "FFFFFFFF"),
    "0C13": ("01000000", "FFFFFFFF"),
    "046D": ("2A0F0A31", "FFFFFFFF"),
    "426C": ("0A31", "FFFF"),
    "0C06": ("01000000", "010000F0"),
}


def with_odd(*odd: int) -> bytes:
    """Twenty records, those at the places `odd` not plain."""
    heads = list(ODD) * 4
    return sent([bytes.fromhex(head + ODD[head][place in odd]) for place, head in enumerate(heads)])


def test_record_that_is_odd_once_may_be_plain_again() -> None:
    layout = layout_of(with_odd())
    for odd in ((), (0,), (), (1, 2), (0, 3), (4,), (), tuple(range(20)), (19,), ()):
        assert layout.json_line(with_odd(*odd)) == slow_line(with_odd(*odd)), odd


def test_hostile_meter_cannot_have_its_plan_compiled_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    compile_one = LineWriter._function

    def counted(writer: LineWriter) -> Callable[[bytes], str]:
        compiled.append(writer)
        return compile_one(writer)

    monkeypatch.setattr(LineWriter, "_function", counted)
    layout = layout_of(with_odd())
    for place in range(20):
        assert layout.json_line(with_odd(place)) == slow_line(with_odd(place))
    assert 1 < len(compiled) <= MOST_COMPILED


def test_function_taken_before_a_record_was_odd_still_writes() -> None:
    layout = layout_of(with_odd())
    early = layout.writer.write
    for odd in ((3,), (4, 5), (3,)):
        layout.json_line(with_odd(*odd))
        assert early(with_odd(*odd)) == slow_line(with_odd(*odd))


def test_many_lines_keep_the_order_of_their_telegrams() -> None:
    book = LayoutBook()
    one, other = with_odd(), sent([ENERGY])
    short, unsound = b"\x10\x40\x01\x41\x16", one[:-2] + bytes((one[-2] ^ 1, 0x16))
    book.decode(one)
    lines = book.json_lines([other, one, unsound, short, with_odd(2), other])
    assert isinstance(lines[2], TelegramError)
    assert "checksum" in lines[2].sentence
    del lines[2]
    assert lines == [slow_line(octets) for octets in (other, one, short, with_odd(2), other)]
