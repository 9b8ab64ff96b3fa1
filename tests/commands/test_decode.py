"""`busmeister decode`: whatever text holds telegrams, an answer for each, exit code 1 where one was unreadable."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from appliance.__main__ import main
from appliance.errors import TelegramError
from appliance.mbus.encode import encode_record, encode_telegram
from appliance.mbus.frames import RSP_UD, LongFrame
from appliance.mbus.header import Header
from appliance.mbus.manufacturers import manufacturer_code
from appliance.mbus.sealing import Sealed
from appliance.mbus.security import AES_CCM
from appliance.mbus.signature import crc16, format_signature
from appliance.meters.opening import initialization_vector, message_key, opener
from tests.nobody import as_nobody, needs_root

HEADER: Final = Header("12345678", manufacturer_code("ELV"), 1, 4, access_number=5)
FRAME: Final = encode_telegram(HEADER, [encode_record(b"\x04", b"\x13", 54321)], primary_address=1)
HEX: Final = FRAME.hex(" ")
KEY: Final = bytes(range(16))

Decode = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def decode(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Decode:
    """Exit code and answers for arguments and standard input."""

    def run(*arguments: str, text: str = "") -> tuple[int, list[dict[str, Any]]]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
        code = main(["decode", *arguments])
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_telegram_as_argument(decode: Decode) -> None:
    code, [answer] = decode(HEX)
    assert (code, answer["ok"], answer["records"][0]["value"]) == (0, True, 54.321)


def test_longest_telegram_as_argument(decode: Decode) -> None:
    frame = encode_telegram(HEADER, [], primary_address=1, manufacturer_data=bytes(239))
    assert decode(frame.hex(" "))[0] == 0


def test_telegram_from_standard_input(decode: Decode) -> None:
    assert decode(text=HEX)[1] == decode("-", text=HEX)[1] == decode(HEX)[1]


def test_telegrams_of_a_file(decode: Decode, tmp_path: Path) -> None:
    file = tmp_path / "two telegrams.txt"
    file.write_text(f"{HEX}\n{HEX}\n", encoding="utf-8")
    assert len(decode(str(file))[1]) == 2


@pytest.mark.parametrize("text", [
    FRAME.hex(),
    FRAME.hex(":").upper(),
    " ".join(f"0x{octet:02X}," for octet in FRAME),
    f"\ufeff{HEX}  # a heat meter",
    f"# a heat meter\n\n{HEX}\r\n\r\n",
    f"{HEX[:30]}\n# goes on\n{HEX[30:90]}\n{HEX[90:]}\n",
    f"2026-11-21T06:00:00.125Z main < {HEX}  # parity was right",
])  # fmt: skip
def test_ways_to_write_one_telegram(decode: Decode, text: str) -> None:
    assert decode(text=text) == decode(HEX)


def test_telegram_over_several_lines_ends_at_a_blank_line(decode: Decode) -> None:
    code, answers = decode(text=f"{HEX[:30]}\n\n{HEX[:30]}\n{HEX[30:]}\n")
    assert code == 1
    assert [answer["ok"] for answer in answers] == [False, True]


@pytest.mark.parametrize("broken", [HEX[:60], HEX[:-2] + "17", "no telegram", "FF FF", HEX + " 00", "123"])
def test_broken_line_costs_no_other_its_answer(decode: Decode, broken: str) -> None:
    code, answers = decode(text=f"{HEX}\n{broken}\n{HEX}\nE5\n")
    assert code == 1
    assert [answer["ok"] for answer in answers] == [True, False, True, True]
    assert set(answers[1]) == {"ok", "error", "octet"}


def test_recording_is_answered_burst_by_burst(decode: Decode) -> None:
    at = "2026-11-21T06:00:00Z main"
    code, answers = decode(text=f"{at} > 10 7B 01 7C 16\n{at} < {HEX}\n{at} < E5 {HEX}\n{at} <\n")
    assert code == 0
    assert [answer["link"] for answer in answers] == ["short", "long", "ack", "long"]


def test_nothing_is_no_error(decode: Decode) -> None:
    assert decode(text="# nothing here\n\n") == (0, [])


def test_file_without_a_telegram_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "empty.hex"
    file.touch()
    assert main(["decode", str(file)]) == 0
    assert capsys.readouterr().err == "busmeister: There is no telegram in it.\n"


def test_file_of_octets_is_read_as_a_line_gave_them(decode: Decode, tmp_path: Path) -> None:
    file = tmp_path / "capture.bin"
    file.write_bytes(300 * (b"\xff\x00" + FRAME))
    code, answers = decode(str(file))
    assert code == 1
    assert [answer["ok"] for answer in answers] == 300 * [False, True]
    assert answers[1::2] == 300 * decode(HEX)[1]


def test_person_at_a_terminal_is_told_what_to_type(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(f"{HEX}\n".encode()))
    terminal.isatty = lambda: True  # type: ignore[method-assign]  # there is a person
    monkeypatch.setattr(sys, "stdin", terminal)
    assert main(["decode"]) == 0
    told = capsys.readouterr()
    assert told.err == "Type or paste telegrams in hex digits, one a line; ctrl-d ends.\n"
    assert json.loads(told.out)["ok"]


def test_compact_frame_is_read_when_its_format_was_heard(decode: Decode) -> None:
    record = encode_record(b"\x04", b"\x13", 12)
    reference = format_signature([b"\x04\x13"]).to_bytes(2, "little") + crc16(record).to_bytes(2, "little")
    compact = LongFrame(RSP_UD, 1, 0x79, reference + record[2:]).to_bytes().hex()
    for arguments in ((), ("--key", KEY.hex())):
        before, _, after = decode(*arguments, text=f"{compact}\n{HEX}\n{compact}\n")[1]
        assert before["records"] is None
        assert after["records"][0]["value"] == 0.012


def closed(key: bytes) -> str:
    header = Header("12345678", HEADER.manufacturer, 1, 4, access_number=5, configuration=0x0510)
    plain = b"\x2f\x2f" + encode_record(b"\x04", b"\x13", 54321) + b"\x2f" * 8
    cipher = Cipher(algorithms.AES(key), modes.CBC(initialization_vector(header))).encryptor()
    return encode_telegram(header, [cipher.update(plain)], primary_address=1).hex()


def test_key_opens_an_encrypted_telegram(decode: Decode) -> None:
    code, [answer] = decode("--key", KEY.hex(), closed(KEY))
    assert (code, answer["security"], answer["records"][0]["value"]) == (0, "aes-cbc-iv", 54.321)


def test_vector_is_the_header_and_eight_access_numbers() -> None:
    assert initialization_vector(HEADER).hex() == "9615" + "78563412" + "0104" + "05" * 8


# The gas meter with an authentication layer of the OMS specification's examples (volume 2, annex N), on a wire.
OMS_KEY: Final = bytes(range(16))
OMS_MESSAGE: Final = bytes.fromhex(
    "0F002C25B30A0000AF5D74DF73A600D9 72 78563412931533037500200710"
    "9058475F4BC91DF878B80A1B0F98B629024AAC727942BFC549233C0140829B93"
)


def test_key_opens_the_authenticated_example_of_the_specification(decode: Decode) -> None:
    frame = LongFrame(RSP_UD, 1, 0x90, OMS_MESSAGE).to_bytes()
    code, [answer] = decode("--key", OMS_KEY.hex(), frame.hex())
    assert (code, answer["security"], answer["id"], answer["medium"]) == (0, "aes-cbc-no-iv", "12345678", "gas")
    assert [record["value"] for record in answer["records"]] == [28504.27, "2008-05-31T23:50:00", 0]
    assert decode(frame.hex())[1][0]["records"] is None


@pytest.mark.parametrize("place", [5, 9, 13, 17, 27, 45, -1], ids=str)
def test_authenticated_message_that_was_changed_is_not_opened(decode: Decode, place: int) -> None:
    message = bytearray(OMS_MESSAGE)
    message[place] ^= 1
    code, [answer] = decode("--key", OMS_KEY.hex(), LongFrame(RSP_UD, 1, 0x90, bytes(message)).to_bytes().hex())
    assert code == 1
    assert answer["error"].startswith("The key does not open this telegram of ")


def test_key_opens_a_telegram_of_a_radio_module_put_on_a_wire(decode: Decode) -> None:
    """A published telegram of mode 5 whose key was published with it."""
    user_data = bytes.fromhex(
        "44000057a2050c37a3003005d898c64fd0c9bd2634365084e4df946736c71a2103e45a190caa1a49b602e46c9f45fcee79afbe34f0c167"
        "fd857f659e"
    )
    frame = LongFrame(RSP_UD, 1, 0x72, user_data).to_bytes().hex()
    code, [answer] = decode("--key", "CAFEBABE123456789ABCDEF0CAFEBABE", frame)
    assert (code, answer["id"], answer["manufacturer"]) == (0, "57000044", "AMB")
    assert answer["records"]


def captured_of_mode_10(data: str) -> Sealed:
    """A telegram of mode 10 of a water meter (wmbusmeters, issue 1667), whose address stands in its radio frame."""
    return Sealed(
        octets=bytes.fromhex(data),
        mode=AES_CCM,
        header=Header("53820306", 0x2C37, 0x3C, 0x16, 0x30, 0x10, 0x2AFF),
        start=0,
        end=38,
        counter=bytes.fromhex("8C570E00"),
        code=bytes.fromhex("BB8928114D60788A"),
        authenticated=bytes.fromhex("7A3010FF2A1001"),
    )


MODE_10_KEY: Final = bytes.fromhex("BF902DD6DFADAFE83E4AE6832B5FA14C")
MODE_10_DATA: Final = "6DA7632471F42B0A3CECCD461353573ED02B87118BC5FFE982F7F00A0274543BC51938F8B9C8"


def test_key_opens_a_captured_telegram_of_mode_10() -> None:
    plain = opener(MODE_10_KEY)(captured_of_mode_10(MODE_10_DATA))
    assert plain.hex() == "046d1c2a2f3c04150000000002ff25010406ff1bffffffffffff446d0020213c441500000000"


@pytest.mark.parametrize(("key", "data"), [(KEY, MODE_10_DATA), (MODE_10_KEY, "00" + MODE_10_DATA[2:])])
def test_telegram_of_mode_10_is_opened_whole_or_not_at_all(key: bytes, data: str) -> None:
    with pytest.raises(TelegramError, match="The key does not open this telegram of 53820306-KAW-60-22"):
        opener(key)(captured_of_mode_10(data))


def test_key_of_a_message_is_derived_as_the_captured_meter_derives_it() -> None:
    sealed = captured_of_mode_10(MODE_10_DATA)
    assert sealed.header is not None
    assert message_key(MODE_10_KEY, b"\0", sealed, sealed.header).hex() == "b3faaed774ad70eaa3135a5b31242d13"


def test_telegram_that_no_key_opens_says_so_whatever_key_is_given(decode: Decode) -> None:
    header = Header("12345678", HEADER.manufacturer, 1, 4, configuration=0x0D10)
    frame = encode_telegram(header, [bytes(16)], primary_address=1).hex()
    code, [answer] = decode("--key", KEY.hex(), frame)
    assert (code, answer["security"], answer["records"]) == (0, "tls", None)
    assert answer["notes"] == [
        "no key alone opens tls: the data belong to a TLS session, whose keys no telegram carries"
    ]


def test_wrong_key_is_told_as_such(decode: Decode) -> None:
    code, [answer] = decode("--key", KEY[::-1].hex(), closed(KEY))
    assert code == 1
    assert answer == {"ok": False, "error": "The key does not open this telegram of 12345678-ELV-1-4.", "octet": 19}


def test_encrypted_telegram_without_key_is_readable_but_has_no_records(decode: Decode) -> None:
    code, [answer] = decode(closed(KEY))
    assert (code, answer["records"]) == (0, None)


@pytest.mark.parametrize("key", ["12", "x" * 32, KEY.hex() + "00"])
def test_key_that_is_none_is_refused_without_repeating_it(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "--key", key, HEX]) == 1
    assert capsys.readouterr().err == "busmeister: A key is 32 hex digits; what was given is not.\n"


def test_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "meters.hex"]) == 1
    assert capsys.readouterr().err == 'busmeister: "meters.hex" is neither a file nor a telegram in hex digits.\n'


@needs_root
def test_file_one_may_not_read_is_told_with_what_to_do(public_folder: Path) -> None:
    file = public_folder / "meters.hex"
    file.write_text(HEX)
    file.chmod(0o600)
    told = as_nobody(
        "from pathlib import Path\nfrom appliance.commands import decode",
        "try:\n    next(decode._read(Path(sys.argv[1])))\nexcept Exception as error:\n    print(error)",
        str(file),
    )
    assert told == f"{file} cannot be read (Permission denied): let user nobody read it.\n"


def test_folder_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f'busmeister: "{tmp_path}" is a folder: name a file in it.\n'


def test_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    energy = encode_record(b"\x54", b"\x06", 37351)
    frame = encode_telegram(HEADER, [encode_record(b"\x0c", b"\x13", 31), energy], primary_address=1, more=True)
    assert main(["decode", "--format", "text", frame.hex()]) == 0
    assert capsys.readouterr().out == (
        "ELV 12345678  heat  version 1  address 1  access 5  status: ok\n"
        "  0  volume      31  l\n"
        "  1  energy  37.351  MWh  maximum, storage 1\n"
        "  a further telegram follows\n"
        "\n"
    )


def test_table_says_what_is_no_telegram(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "--format", "text", "FFFF"]) == 1
    assert capsys.readouterr().out == "unreadable at octet 0: A frame begins with 10, 68 or E5, not FF.\n\n"


@pytest.mark.parametrize(("telegram", "words"), [
    ("E5",                   "acknowledged"),
    ("105B015C16",           "order: request class 2 data  address 1"),
    ("68040468080170088116", "the meter reports: application busy"),
    ("680303680801b7c016",   "note: CI field B7 is unknown"),
])  # fmt: skip
def test_table_of_what_has_no_records(telegram: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "--format", "text", telegram]) == 0
    assert words in capsys.readouterr().out
