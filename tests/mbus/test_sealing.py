"""What is encrypted in a telegram, how it says so, and what a key needs besides."""

from __future__ import annotations

import pytest

from appliance.errors import TelegramError
from appliance.mbus.anatomy import Field, anatomy
from appliance.mbus.encode import encode_record, encode_telegram
from appliance.mbus.frames import RSP_UD, LongFrame
from appliance.mbus.header import Header
from appliance.mbus.sealing import Sealed
from appliance.mbus.telegram import Telegram, decode

ENERGY = encode_record(b"\x04", b"\x06", 12345)
LAYER = bytes.fromhex("0f 002c 25 b30a0000 af5d74df73a600d9")  # of an example of the OMS specification


def header(configuration: int) -> bytes:
    return Header("12345678", 0x1593, 0x33, 3, access_number=117, configuration=configuration).to_bytes()


def answer(ci: int, user_data: bytes) -> Telegram:
    return decode(LongFrame(RSP_UD, 1, ci, user_data).to_bytes())


def authenticated(message: bytes, layer: bytes = LAYER) -> Telegram:
    return answer(0x90, layer + message)


@pytest.mark.parametrize(("mode", "name", "reason"), [
    (2,  "des-cbc",       "DES is given up, and no published telegram shows how meters used it"),
    (3,  "des-cbc-iv",    "its vector holds the day of sending, which the telegram does not tell"),
    (4,  "aes-cbc",       "no public source shows how meters used it"),
    (7,  "aes-cbc-no-iv", "the telegram has no message counter, from which its key is derived"),
    (8,  "aes-ctr-cmac",  "no public source shows how meters use it"),
    (9,  "aes-gcm",       "no public source shows how meters use it"),
    (13, "tls",           "the data belong to a TLS session, whose keys no telegram carries"),
])  # fmt: skip
def test_mode_that_no_key_alone_opens_is_named_with_the_reason(mode: int, name: str, reason: str) -> None:
    telegram = answer(0x72, header(mode << 8 | 0x10) + bytes(range(16)))
    assert (telegram.security, telegram.records) == (name, None)
    assert telegram.notes == (f"no key alone opens {name}: {reason}",)


def test_short_header_does_not_tell_whose_key_it_is() -> None:
    telegram = answer(0x7A, header(0x0510)[8:] + bytes(range(16)))
    assert (telegram.security, telegram.records) == ("aes-cbc-iv", None)
    assert telegram.notes == (
        "no key alone opens aes-cbc-iv: the telegram does not tell its sender, whose address takes part in it",
    )


def test_layer_says_how_the_message_is_authenticated() -> None:
    seen: list[Sealed] = []

    def decrypt(sealed: Sealed) -> bytes:
        seen.append(sealed)
        return b"\x2f\x2f" + ENERGY + b"\x2f" * 8

    message = b"\x72" + header(0x0710) + b"\x10" + bytes(16) + ENERGY
    telegram = decode(LongFrame(RSP_UD, 1, 0x90, LAYER + message).to_bytes(), decrypt)
    [sealed] = seen
    assert (sealed.counter.hex(), sealed.code.hex()) == ("b30a0000", "af5d74df73a600d9")
    assert sealed.authenticated == b"\x25" + sealed.counter + message
    assert sealed.data == bytes(16)
    assert [record.raw for record in telegram.records or ()] == [12345, 12345]


def test_message_that_says_its_length_is_authenticated_with_it() -> None:
    layer = bytes.fromhex("11 003c 65 b30a0000 af5d74df73a600d9 1e00")
    seen: list[Sealed] = []

    def decrypt(sealed: Sealed) -> bytes:
        seen.append(sealed)
        return sealed.data

    message = b"\x72" + header(0x0710) + b"\x10" + bytes(16)
    decode(LongFrame(RSP_UD, 1, 0x90, layer + message).to_bytes(), decrypt)
    assert seen[0].authenticated == bytes.fromhex("65b30a00001e00") + message


@pytest.mark.parametrize("data", [ENERGY, b"\x2f\x2f" + ENERGY], ids=["no blocks", "decrypted before"])
def test_authenticated_message_may_be_plain(data: bytes) -> None:
    blocks = 0x10 if data != ENERGY else 0
    telegram = authenticated(b"\x72" + header(0x0700 | blocks) + b"\x10" + data)
    assert telegram.security == "none"
    assert [record.raw for record in telegram.records or ()] == [12345]
    assert telegram.header is not None
    assert telegram.header.identification == "12345678"


def test_authenticated_message_without_its_extension_is_refused() -> None:
    with pytest.raises(TelegramError, match="ends before the extension") as caught:
        authenticated(b"\x72" + header(0x0700))
    assert caught.value.octet == 36


def test_old_signature_that_looks_like_mode_7_moves_no_record() -> None:
    telegram = answer(0x72, header(0x0770) + ENERGY)
    assert [record.raw for record in telegram.records or ()] == [12345]


def test_message_whose_key_is_derived_in_an_unknown_way_is_not_opened() -> None:
    telegram = authenticated(b"\x72" + header(0x0710) + b"\x20" + bytes(16))
    assert telegram.notes == ("no key alone opens aes-cbc-no-iv: its key is derived in a way (2) that is not defined",)


@pytest.mark.parametrize(("octets", "note"), [
    ("02 0140" "72 00",             "one fragment of a longer message: kept as it came"),
    ("06 0208 01000000" "00",       "one fragment of a longer message: kept as it came"),
    ("02 0000" "53",                "unknown CI field 53: kept as it came"),
])  # fmt: skip
def test_message_that_cannot_be_read_alone_is_kept(octets: str, note: str) -> None:
    user_data = bytes.fromhex(octets)
    telegram = answer(0x90, user_data)
    assert telegram.notes == (note,)
    assert [record.raw for record in telegram.records or ()] == [user_data]


@pytest.mark.parametrize(("user_data", "octet"), [("", 7), ("0f002c25", 11), ("020024 72", 10), ("02002c", 10)])
def test_broken_layer_is_refused_by_its_octet(user_data: str, octet: int) -> None:
    with pytest.raises(TelegramError) as caught:
        answer(0x90, bytes.fromhex(user_data))
    assert caught.value.octet == octet


@pytest.mark.parametrize(("extension", "counter", "tag"), [("1001", 2, 8), ("1000", 2, 4), ("5002 07", 3, 12)])
def test_counter_and_tag_of_mode_10_stand_around_the_data(extension: str, counter: int, tag: int) -> None:
    seen: list[Sealed] = []

    def decrypt(sealed: Sealed) -> bytes:
        seen.append(sealed)
        return ENERGY

    data = bytes.fromhex(extension + "8c570e00") + bytes(6) + bytes(range(tag))
    frame = LongFrame(RSP_UD, 1, 0x72, header(0x2AFF) + data).to_bytes()
    telegram = decode(frame, decrypt)
    [sealed] = seen
    assert (sealed.counter.hex(), sealed.data, sealed.code) == ("8c570e00", bytes(6), bytes(range(tag)))
    assert sealed.authenticated == b"\x72" + header(0x2AFF) + data[:counter]
    assert [record.raw for record in telegram.records or ()] == [12345]
    assert telegram.security == "aes-ccm"


@pytest.mark.parametrize(("word", "data", "reason"), [
    (0x2A04, "1001 8c570e00" + "00" * 14, "only a part of it is encrypted, and no public source tells which octets "
                                          "its tag covers"),
    (0x2AFF, "1001 8c57",                 "the telegram has no message counter, from which its key is derived"),
])  # fmt: skip
def test_mode_10_that_cannot_be_opened_says_why(word: int, data: str, reason: str) -> None:
    telegram = answer(0x72, header(word) + bytes.fromhex(data))
    assert telegram.records is None
    assert telegram.notes == (f"no key alone opens aes-ccm: {reason}",)


def test_transport_header_alone_is_an_answer_without_records() -> None:
    telegram = answer(0x8B, header(0))
    assert (telegram.records, telegram.access_number) == ((), 117)


def test_octets_of_an_authenticated_message_have_their_fields() -> None:
    message = b"\x72" + header(0x0710) + b"\x10" + bytes(16) + ENERGY
    found = anatomy(LongFrame(RSP_UD, 1, 0x90, LAYER + message).to_bytes())
    assert found.fields[7:23] == (*[Field.CONFIGURATION] * 16,)
    assert found.fields[23] is Field.CI
    assert found.fields[34:53] == (*[Field.CONFIGURATION] * 3, *[Field.ENCRYPTED] * 16)
    plain = anatomy(LongFrame(RSP_UD, 1, 0x90, LAYER + b"\x72" + header(0x0700) + b"\x10" + ENERGY).to_bytes())
    assert [(span.start, span.end) for span in plain.spans] == [(37, 43)]


def test_telegram_without_header_is_never_encrypted() -> None:
    assert [record.raw for record in answer(0x78, ENERGY).records or ()] == [12345]
    frame = encode_telegram(Header("12345678", 1, 1, 1, configuration=0x1FFF), [ENERGY], primary_address=1)
    assert decode(frame).security == "none"
