"""Telegrams of every kind: what their CI field makes of the octets behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest

from appliance.errors import EncodeError, TelegramError
from appliance.mbus.encode import encode_application_error, encode_fixed, encode_record, encode_telegram
from appliance.mbus.frames import RSP_UD, SND_UD, LongFrame, ShortFrame
from appliance.mbus.header import Header
from appliance.mbus.manufacturers import manufacturer_code
from appliance.mbus.telegram import Telegram, decode

HEADER: Final = Header("12345678", manufacturer_code("ELV"), 1, 4, access_number=5, status=0x0C)
VOLUME: Final = encode_record(b"\x0c", b"\x13", 1234)


def answer(ci: int, user_data: bytes | str, control: int = RSP_UD) -> Telegram:
    data = bytes.fromhex(user_data) if isinstance(user_data, str) else user_data
    return decode(LongFrame(control, 1, ci, data).to_bytes())


@pytest.mark.parametrize("ci", [0x72, 0x76])
def test_header_and_records_are_read_as_built_in_both_byte_orders(ci: int) -> None:
    telegram = decode(encode_telegram(HEADER, [VOLUME, VOLUME], primary_address=7, ci=ci))
    assert (telegram.header, telegram.address, telegram.ci) == (HEADER, 7, ci)
    assert telegram.secondary_address == HEADER.secondary_address
    assert len(telegram.records or ()) == 2


def test_further_telegram_and_manufacturer_data_are_told() -> None:
    telegram = decode(encode_telegram(HEADER, [VOLUME], primary_address=1, more=True, manufacturer_data=b"\x01"))
    assert telegram.more
    assert [record.value for record in telegram.records or ()] == [Decimal("1.234"), b"\x01"]


def test_short_header_tells_status_but_no_identity() -> None:
    telegram = answer(0x7A, b"\x05\x04\x00\x00" + VOLUME)
    assert (telegram.header, telegram.access_number, telegram.status) == (None, 5, 4)
    assert [record.value for record in telegram.records or ()] == [Decimal("1.234")]


def test_answer_without_header_has_records_alone() -> None:
    telegram = answer(0x78, VOLUME)
    assert (telegram.header, telegram.access_number, telegram.secondary_address) == (None, None, None)
    assert [record.value for record in telegram.records or ()] == [Decimal("1.234")]


@pytest.mark.parametrize("ci", [0x73, 0x77])
@pytest.mark.parametrize(("status", "counter", "value", "storage"), [
    (0x08,  1234,  12340,  0),  # BCD
    (0x08, -1234, -12340,  0),
    (0x09,   -12,   -120,  0),  # binary
    (0x0A,  1234,  12340,  1),  # stored
])  # fmt: skip
def test_fixed_structure_is_read_as_built(ci: int, status: int, counter: int, value: int, storage: int) -> None:
    octets = encode_fixed(
        "12345678", b"\x03\x55", (counter, 5), primary_address=1, access_number=9, status=status, ci=ci
    )
    telegram = decode(octets)
    assert telegram.header == Header("12345678", 0, 0, 4, 9, 0x08)
    energy, power = telegram.records or ()
    assert (energy.value, energy.unit, energy.storage) == (value, "Wh", storage)
    assert (power.value, power.unit, power.storage) == (50, "W", storage)


def test_counter_of_a_past_date_has_the_unit_of_the_other() -> None:
    telegram = decode(encode_fixed("00000001", b"\xe9\x7e", (135, 600), primary_address=1))
    first, second = telegram.records or ()
    assert telegram.header is not None
    assert telegram.header.medium == 7
    assert [(record.value, record.unit) for record in (first, second)] == [
        (Decimal("0.135"), "m3"),
        (Decimal("0.600"), "m3"),
    ]
    assert (first.storage, second.storage) == (0, 1)


def test_reserved_units_of_the_fixed_structure_are_noted() -> None:
    first, second = decode(encode_fixed("00000001", b"\x3a\x01", (1, 2), primary_address=1)).records or ()
    assert first.notes == ("unit 3A is reserved",)
    assert second.notes == ("date, day month year",)


def test_ci_73_with_other_than_sixteen_octets_is_a_compact_frame() -> None:
    telegram = answer(0x73, HEADER.to_bytes() + bytes.fromhex("EDA83412") + b"\x01\x02")
    assert telegram.records is None
    assert telegram.compact is not None
    assert (telegram.compact.signature, telegram.compact.crc) == (0xA8ED, 0x1234)
    assert telegram.octets[telegram.compact.start : telegram.compact.end] == b"\x01\x02"


@pytest.mark.parametrize(("ci", "header"), [(0x79, b""), (0x7B, b"\x05\x00\x00\x00")])
def test_compact_frame_names_its_format(ci: int, header: bytes) -> None:
    telegram = answer(ci, header + bytes.fromhex("EDA8341201"))
    assert telegram.records is None
    assert telegram.compact is not None
    assert telegram.compact.signature == 0xA8ED
    assert telegram.notes == ("compact frame of format A8ED, which has not been heard",)


@pytest.mark.parametrize(("ci", "header"), [(0x69, b""), (0x6A, b"\x05\x00\x00\x00"), (0x6B, HEADER.to_bytes())])
def test_format_frame_names_its_format(ci: int, header: bytes) -> None:
    telegram = answer(ci, header + bytes.fromhex("04EDA80413"))
    assert telegram.compact is not None
    assert (telegram.compact.signature, telegram.compact.crc) == (0xA8ED, None)
    assert telegram.octets[telegram.compact.start : telegram.compact.end] == b"\x04\x13"


@pytest.mark.parametrize(("code", "text"), [
    (0, "unspecified error"),
    (8, "application busy"),
    (0x20, "security error"),
    (0x40, "reserved error 40"),
    (0xF0, "application error told by a record"),
    (0xFF, "manufacturer's error FF"),
])  # fmt: skip
def test_application_error_is_told_in_words(code: int, text: str) -> None:
    error = decode(encode_application_error(code, primary_address=1)).application_error
    assert error is not None
    assert (error.code, error.text) == (code, text)


def test_application_error_without_code_is_the_unspecified_one() -> None:
    error = answer(0x70, b"").application_error
    assert error is not None
    assert error.code == 0


def test_alarm_is_told() -> None:
    assert answer(0x71, "05").alarm == 5


@pytest.mark.parametrize(("ci", "user_data", "order"), [
    (0x51, "017A08",           "set primary address"),
    (0x51, "0C7978563412",     "set identification"),
    (0x51, "7F",               "select all data for readout"),
    (0x51, "0813",             "send data"),
    (0x52, "78563412FFFFFFFF", "select"),
    (0x52, "78563412FFFFFFFF0C7878563412", "select enhanced"),
    (0x50, "",                 "application reset"),
    (0x50, "10",               "application reset: user data 10"),
    (0x54, "",                 "synchronize"),
    (0xB8, "",                 "set baud rate 300"),
    (0xBD, "",                 "set baud rate 9600"),
    (0x5F, "00",               "unknown order 5F"),
])  # fmt: skip
def test_order_of_a_master_is_told_in_words(ci: int, user_data: str, order: str) -> None:
    assert answer(ci, user_data, SND_UD).order == order


@pytest.mark.parametrize(("control", "order"), [
    (0x40, "initialize"),
    (0x5B, "request class 2 data"),
    (0x7B, "request class 2 data"),
    (0x7A, "request class 1 data"),
    (0x49, "control field 49"),
])  # fmt: skip
def test_short_frame_is_told_in_words(control: int, order: str) -> None:
    telegram = decode(ShortFrame(control, 3).to_bytes())
    assert (telegram.link, telegram.order, telegram.address) == ("short", order, 3)


def test_acknowledgement_and_control_frame_are_sound() -> None:
    assert decode(b"\xe5").link == "ack"
    assert answer(0xBD, b"", SND_UD).link == "control"


def test_unknown_ci_field_is_a_sound_telegram_of_raw_octets() -> None:
    telegram = answer(0xB7, "010203")
    assert [record.value for record in telegram.records or ()] == [b"\x01\x02\x03"]
    assert "B7" in telegram.notes[0]


def test_old_signature_in_place_of_the_configuration_word_means_plain_data() -> None:
    for word in (0xB627, 0xFFFF, 0x05F0):
        header = Header("12345678", 0x15B6, 1, 4, configuration=word)
        telegram = decode(encode_telegram(header, [VOLUME], primary_address=1))
        assert telegram.security == "none"
        assert [record.value for record in telegram.records or ()] == [Decimal("1.234")]
    header = Header("12345678", 0x15B6, 1, 4, configuration=0xB627)
    assert decode(encode_telegram(header, [VOLUME], primary_address=1)).notes == (
        "configuration word B627 names no security mode: read as plain",
    )


def test_encrypted_data_without_key_have_no_records() -> None:
    header = Header("12345678", 0x15B6, 1, 4, configuration=0x0510)
    telegram = decode(encode_telegram(header, [bytes(range(16))], primary_address=1))
    assert (telegram.security, telegram.records) == ("aes-cbc-iv", None)


def test_decrypted_data_are_read_although_the_word_still_says_encrypted() -> None:
    header = Header("12345678", 0x15B6, 1, 4, configuration=0x0510)
    plain = b"\x2f\x2f" + VOLUME + b"\x2f" * 8
    telegram = decode(encode_telegram(header, [plain], primary_address=1))
    assert [record.value for record in telegram.records or ()] == [Decimal("1.234")]


def test_decrypted_octets_take_the_place_of_the_encrypted_ones() -> None:
    header = Header("12345678", 0x15B6, 1, 4, configuration=0x0510)
    frame = encode_telegram(header, [bytes(16), VOLUME], primary_address=1)
    telegram = decode(frame, lambda sealed: b"\x2f\x2f" + VOLUME + b"\x2f" * 8)
    assert [record.value for record in telegram.records or ()] == [Decimal("1.234")] * 2
    assert telegram.octets == frame


@pytest.mark.parametrize(("ci", "user_data", "octet"), [
    (0x72, "0102",            9),
    (0x7A, "010203",          10),
    (0x73, "00" * 15,         22),
    (0x77, "00" * 17,         23),
    (0x79, "010203",          10),
    (0x69, "0501020304",      7),
    (0x6F, "00",              8),
])  # fmt: skip
def test_telegram_too_short_for_its_kind_is_refused_by_its_octet(ci: int, user_data: str, octet: int) -> None:
    with pytest.raises(TelegramError) as caught:
        answer(ci, user_data)
    assert caught.value.octet == octet


def test_what_does_not_fit_a_telegram_is_refused() -> None:
    with pytest.raises(EncodeError):
        encode_telegram(HEADER, [bytes(250)], primary_address=1)
    with pytest.raises(EncodeError):
        encode_telegram(HEADER, [], primary_address=1, ci=0x78)
    with pytest.raises(EncodeError):
        encode_telegram(Header("1234567X", 1, 1, 1), [], primary_address=1)
    with pytest.raises(EncodeError):
        encode_fixed("12345678", b"\x03", (1, 2), primary_address=1)
    with pytest.raises(EncodeError):
        encode_fixed("12345678", b"\x03\x55", (1, 2), primary_address=1, ci=0x72)
    with pytest.raises(EncodeError):
        encode_fixed("12345678", b"\x03\x55", (100_000_000, 2), primary_address=1)
