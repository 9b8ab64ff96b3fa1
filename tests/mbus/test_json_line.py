"""Telegrams as lines of JSON: exact digits, keys in their order, template and slow path alike."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import TelegramError
from appliance.mbus.codings import Raw
from appliance.mbus.encode import encode_application_error, encode_record, encode_telegram, plain_text_vif
from appliance.mbus.frames import SND_UD, LongFrame
from appliance.mbus.header import Header
from appliance.mbus.json_line import error_line, json_line
from appliance.mbus.json_template import JsonTemplate
from appliance.mbus.manufacturers import manufacturer_code
from appliance.mbus.telegram import Telegram, decode

HEADER = Header("12345678", manufacturer_code("ELV"), 1, 4, access_number=5)
ENERGY = encode_record(b"\x04", b"\x06", 12345)


def telegram(*records: bytes, header: Header = HEADER) -> Telegram:
    return decode(encode_telegram(header, records, primary_address=1))


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


def template_of(telegram: Telegram) -> JsonTemplate:
    assert telegram.header is not None
    assert telegram.ci is not None
    return JsonTemplate(
        [record.meaning for record in telegram.records or ()],
        ci=telegram.ci,
        manufacturer=telegram.header.manufacturer,
        version=telegram.header.version,
        medium=telegram.header.medium,
        more=telegram.more,
    )


def filled(template: JsonTemplate, telegram: Telegram) -> str:
    header = telegram.header
    assert header is not None
    assert telegram.address is not None
    raws = [record.raw for record in telegram.records or ()]
    return template.line(
        telegram.address, header.identification, header.access_number, header.status, header.configuration, raws
    )


def test_template_writes_what_the_slow_path_writes(captured: Path) -> None:
    for path in sorted((captured / "wired").glob("*.hex")):
        found = decode(bytes.fromhex(path.read_text()))
        assert filled(template_of(found), found) == json_line(found, octets=False, notes=False), path.stem


RECORDS = [  # header octets of records with data of four octets
    "0413", "0406", "0440", "04FD17", "0C13", "0C06", "0513", "0506", "055B", "046D", "0418", "048318", "04FF13",
    "0CFB20",
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(RECORDS), st.binary(min_size=4, max_size=4)), max_size=8), st.data())
def test_template_writes_any_values_as_the_slow_path_does(
    records: list[tuple[str, bytes]], data: st.DataObject
) -> None:
    template = template_of(telegram(*(bytes.fromhex(head) + octets for head, octets in records)))
    others = [bytes.fromhex(head) + data.draw(st.binary(min_size=4, max_size=4)) for head, _ in records]
    header = Header("87654321", HEADER.manufacturer, 1, 4, access_number=200, status=0xFF)
    later = telegram(*others, header=header)
    line = filled(template, later)
    assert line == json_line(later, octets=False, notes=False)
    read(line)


def test_plain_text_of_a_meter_cannot_break_the_template() -> None:
    hostile = telegram(encode_record(b"\x04", plain_text_vif('%s"{0}\\'), 5))
    line = filled(template_of(hostile), hostile)
    assert read(line)["records"][0]["quantity"] == '%s"{0}\\'
