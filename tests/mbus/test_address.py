"""Addresses as people write them, as the wire carries them, and which slaves a mask selects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import SettingError
from appliance.mbus.address import ANY, ANY_MANUFACTURER, SecondaryAddress
from appliance.mbus.manufacturers import manufacturer_code, manufacturer_letters

KAMSTRUP = SecondaryAddress("12345678", 0x2C2D, 1, 4)
digits = st.text("0123456789", min_size=8, max_size=8)
letters = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)
codes = st.integers(0, 0xFFFE)
octets = st.integers(0, 254)
addresses = st.builds(SecondaryAddress, digits, codes, octets, octets)


def test_address_as_a_meter_shows_it_and_as_the_wire_carries_it() -> None:
    assert str(KAMSTRUP) == "12345678-KAM-1-4"
    assert KAMSTRUP.to_bytes() == bytes.fromhex("78563412 2D2C 01 04")
    assert SecondaryAddress.from_bytes(bytes.fromhex("78563412 2D2C 01 04")) == KAMSTRUP


@given(addresses)
def test_address_is_the_same_after_text_and_wire(address: SecondaryAddress) -> None:
    assert SecondaryAddress.parse(str(address)) == address
    assert SecondaryAddress.from_bytes(address.to_bytes()) == address


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("1234ffff", SecondaryAddress("1234FFFF")),
        (" 12345678 ", SecondaryAddress("12345678")),
        ("12345678-kam", SecondaryAddress("12345678", 0x2C2D)),
        ("12345678-*-*-4", SecondaryAddress("12345678", medium=4)),
        ("12345678-2C2D-1", SecondaryAddress("12345678", 0x2C2D, 1)),
    ],
)
def test_what_is_left_out_or_starred_is_any(text: str, mask: SecondaryAddress) -> None:
    assert SecondaryAddress.parse(text) == mask
    assert SecondaryAddress.parse(str(mask)) == mask


@pytest.mark.parametrize(
    "text",
    [
        *("", "1234567", "123456789", "1234567G", "١٢٣٤٥٦٧٨"),
        *("12345678-KAMS", "12345678-K1", "12345678-ÄÖÜ", "12345678-ßA", "123456ﬀ"),
        *("12345678-KAM-256", "12345678-KAM-1-255", "12345678-KAM-²"),
        *("12345678-KAM--4", "12345678-KAM-1-4-5"),
    ],
)
def test_text_that_is_no_address_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SettingError) as error:
        SecondaryAddress.parse(text)
    assert str(error.value).endswith(".")


@given(addresses)
def test_mask_of_wildcards_selects_everybody_and_an_address_itself(address: SecondaryAddress) -> None:
    assert SecondaryAddress("FFFFFFFF").matches(address)
    assert address.matches(address)
    assert not address.has_wildcards


@given(addresses, st.integers(0, 7))
def test_other_digit_is_not_selected_and_a_wildcard_in_its_place_is(address: SecondaryAddress, place: int) -> None:
    other = str((int(address.identification[place]) + 1) % 10)
    changed = address.identification[:place] + other + address.identification[place + 1 :]
    wild = address.identification[:place] + "F" + address.identification[place + 1 :]
    rest = address.manufacturer, address.version, address.medium
    assert not SecondaryAddress(changed, *rest).matches(address)
    assert SecondaryAddress(wild, *rest).matches(address)
    assert SecondaryAddress(wild, *rest).has_wildcards


@pytest.mark.parametrize(
    ("mask", "selected"),
    [
        (SecondaryAddress("12345678", ANY_MANUFACTURER, 1, 4), True),
        (SecondaryAddress("12345678", 0x2C2D, ANY, ANY), True),
        (SecondaryAddress("12345678", 0x2C2E, 1, 4), False),
        (SecondaryAddress("12345678", 0x2C2D, 2, 4), False),
        (SecondaryAddress("12345678", 0x2C2D, 1, 7), False),
    ],
)
def test_manufacturer_version_and_medium_decide_too(mask: SecondaryAddress, selected: bool) -> None:
    assert mask.matches(KAMSTRUP) is selected


def test_enhanced_selection_carries_the_fabrication_number() -> None:
    enhanced = SecondaryAddress("12345678", 0x2C2D, 1, 4, fabrication="00004711")
    assert enhanced.to_bytes() == bytes.fromhex("78563412 2D2C 01 04 0C 78 11470000")
    assert not enhanced.matches(KAMSTRUP)
    assert SecondaryAddress("FFFFFFFF", fabrication="0000FFFF").matches(enhanced)
    assert not SecondaryAddress("FFFFFFFF", fabrication="1000FFFF").matches(enhanced)
    assert enhanced.without_fabrication() == KAMSTRUP
    assert KAMSTRUP.matches(enhanced)


# Manufacturers


@given(letters)
def test_letters_are_the_same_after_the_code(three: str) -> None:
    assert manufacturer_letters(manufacturer_code(three)) == three


@given(st.integers(0, 0xFFFF))
def test_every_code_has_a_text_that_leads_back_to_it(code: int) -> None:
    assert manufacturer_code(manufacturer_letters(code)) == code


def test_codes_as_the_flag_association_gives_them() -> None:
    assert manufacturer_code("kam") == 0x2C2D
    assert manufacturer_letters(0x4024) == "PAD"
    assert manufacturer_letters(0x0000) == "0000"
    assert manufacturer_letters(0xFFFF) == "FFFF"


@pytest.mark.parametrize("text", ["", "KA", "KAMS", "K4M", "ÄÖÜ", "ßa", "12345", "ǅAB"])
def test_text_that_is_no_manufacturer_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="three letters A-Z or four hex digits"):
        manufacturer_code(text)
