"""The CRC of EN 13757 and the format signature."""

from __future__ import annotations

from appliance.mbus.signature import crc16, format_signature


def test_crc_has_the_check_value_of_its_catalogue_entry() -> None:
    assert crc16(b"123456789") == 0xC2B7  # CRC-16/EN-13757


def test_crc_of_no_octets_is_the_complement_of_the_initial_value() -> None:
    assert crc16(b"") == 0xFFFF


def test_water_meter_of_the_published_example_has_its_signature() -> None:
    headers = [bytes.fromhex(header) for header in ("02FF20", "0413", "4413", "615B", "6167")]
    assert format_signature(headers) == 0xA8ED


def test_order_of_records_makes_another_signature() -> None:
    assert format_signature([b"\x04\x13", b"\x44\x13"]) != format_signature([b"\x44\x13", b"\x04\x13"])


def test_full_frame_crc_of_the_published_example_covers_headers_and_data() -> None:
    records = bytes.fromhex("02FF207100 041308190000 441308190000 615B7F 616713")
    assert crc16(records) == 0xB66A
