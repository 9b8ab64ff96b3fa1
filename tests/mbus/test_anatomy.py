"""Each octet of a telegram has a field, whatever came over the wire."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.mbus.anatomy import Anatomy, Field, anatomy
from appliance.mbus.encode import encode_record, encode_telegram
from appliance.mbus.frames import SND_UD, Ack, LongFrame, ShortFrame
from appliance.mbus.header import Header

HEADER = Header("71204518", 0x2C2D, 0x34, 0x04, access_number=42)
LETTERS = {
    Field.FRAME: "f", Field.CONTROL: "C", Field.ADDRESS: "A", Field.CI: "I", Field.IDENTIFICATION: "i",
    Field.MANUFACTURER: "m", Field.VERSION: "v", Field.MEDIUM: "t", Field.NUMBER: "n", Field.STATUS: "s",
    Field.CONFIGURATION: "g", Field.DIF: "D", Field.VIF: "V", Field.DATA: "d", Field.ENCRYPTED: "e",
    Field.FILLER: "-", Field.CHECKSUM: "k", Field.UNKNOWN: "?", Field.WRONG: "!",
}  # fmt: skip


def letters(found: Anatomy) -> str:
    return "".join(LETTERS[field] for field in found.fields)


def heat_meter(configuration: int = 0) -> bytes:
    header = Header("71204518", 0x2C2D, 0x34, 0x04, 42, 0, configuration)
    records = [encode_record(b"\x04", b"\x06", 24318), b"\x2f", encode_record(b"\x02", b"\x59", 5831), b"\x0f\xaa\xbb"]
    return encode_telegram(header, records, primary_address=30)


def test_answer_of_a_heat_meter_is_taken_apart_octet_by_octet() -> None:
    found = anatomy(heat_meter())
    assert letters(found) == "ffff" + "CAI" + "iiiimmvtnsgg" + "DVdddd" + "-" + "DVdd" + "Ddd" + "kf"
    assert [(span.start, span.data, span.end) for span in found.spans] == [(19, 21, 25), (26, 28, 30), (30, 31, 33)]
    assert found.record_at(27) == 1
    assert found.record_at(25) is None


def test_select_shows_whom_it_means() -> None:
    frame = LongFrame(SND_UD, 0xFD, 0x52, bytes.fromhex("18452071 2d2c ff ff")).to_bytes()
    assert letters(anatomy(frame)) == "ffff" + "CAI" + "iiiimmvt" + "kf"


def test_data_sent_to_a_meter_is_taken_apart_too() -> None:
    frame = LongFrame(SND_UD, 0xFE, 0x51, bytes.fromhex("017a05")).to_bytes()
    assert letters(anatomy(frame)) == "ffff" + "CAI" + "DVd" + "kf"


def test_short_frame_and_acknowledge_have_fields() -> None:
    assert letters(anatomy(ShortFrame(0x7B, 0xFD).to_bytes())) == "fCAkf"
    assert letters(anatomy(Ack().to_bytes())) == "f"


def test_fixed_structure_shows_its_counters_as_records() -> None:
    user_data = bytes.fromhex("78563412 0a00 e97e 01000000 35010000")
    found = anatomy(LongFrame(0x08, 5, 0x73, user_data).to_bytes())
    assert letters(found) == "ffff" + "CAI" + "iiiinstt" + "dddd" * 2 + "kf"
    assert len(found.spans) == 2


def test_encrypted_octets_are_marked_as_such() -> None:
    frame = LongFrame(0x08, 1, 0x72, Header("71204518", 0x2C2D, 1, 7, 1, 0, 0x0510).to_bytes() + bytes(20)).to_bytes()
    assert letters(anatomy(frame)) == "ffff" + "CAI" + "iiiimmvtnsgg" + "e" * 16 + "????" + "kf"


def test_wrong_checksum_spoils_one_octet_and_not_the_whole_picture() -> None:
    octets = bytearray(heat_meter())
    octets[-2] ^= 1
    found = anatomy(bytes(octets))
    assert letters(found).endswith("Ddd" + "!f")
    assert found.fault is not None
    assert "checksum" in found.fault.sentence


def test_record_that_cannot_be_read_is_marked_where_it_breaks_the_rules() -> None:
    frame = encode_telegram(HEADER, [encode_record(b"\x02", b"\x59", 5831), b"\x04\x06\x01"], primary_address=1)
    assert letters(anatomy(frame))[19:] == "DVdd" + "???" + "kf"


def test_application_error_shows_its_code_as_data() -> None:
    assert letters(anatomy(LongFrame(0x08, 1, 0x70, b"\x08").to_bytes())) == "ffff" + "CAI" + "d" + "kf"


def test_unknown_ci_is_kept_as_not_understood() -> None:
    assert letters(anatomy(LongFrame(0x08, 1, 0xA5, b"\x01\x02").to_bytes())) == "ffff" + "CAI" + "??" + "kf"


@pytest.mark.parametrize("octets", [b"", b"\x68", bytes.fromhex("68 03 03 68 08 01")])
def test_half_a_frame_is_no_reason_to_fail(octets: bytes) -> None:
    found = anatomy(octets)
    assert len(found.fields) == len(octets)
    assert found.fault is not None


@given(st.binary(max_size=60), st.sampled_from([0x08, 0x53, 0x73]), st.integers(0, 255))
def test_whatever_comes_each_octet_has_one_field(user_data: bytes, control: int, ci: int) -> None:
    octets = LongFrame(control, 1, ci, user_data).to_bytes()
    found = anatomy(octets)
    assert len(found.fields) == len(octets)
    assert all(span.end <= len(octets) - 2 for span in found.spans)


def test_every_captured_telegram_can_be_taken_apart(captured: Path) -> None:
    files = sorted((captured / "wired").glob("*.hex"))
    assert files
    for file in files:
        octets = bytes.fromhex(file.read_text())
        found = anatomy(octets)
        assert len(found.fields) == len(octets)
        assert Field.WRONG not in found.fields, file.name


def test_header_that_is_cut_off_leaves_the_frame_in_sight() -> None:
    found = anatomy(LongFrame(0x08, 1, 0x72, b"\x01\x02").to_bytes())
    assert letters(found) == "ffff" + "CAI" + "??" + "kf"
    assert found.fault is not None
