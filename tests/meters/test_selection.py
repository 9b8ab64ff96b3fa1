"""Which meters a selection chooses."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import SettingError
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.media import MEDIA
from appliance.meters.meter import Addressing, Meter
from appliance.meters.names import automatic_name
from appliance.meters.selection import Selection, Status

METERS = [
    Meter(id=1, name="Flat 12", secondary_address=SecondaryAddress.parse("12345678-KAM-1-7"), group="north"),
    Meter(id=2, name="Flat 12, left", secondary_address=SecondaryAddress.parse("12345679-ELS-1-4"), segment="cellar"),
    Meter(id=3, name="Pump", addressing=Addressing.PRIMARY, primary_address=5, active=False),
    Meter(id=17, name="all", secondary_address=SecondaryAddress.parse("87654321-KAM-2-7"), location="Roof"),
]
STATUS = {1: Status.OK, 2: Status.FAILED, 3: Status.NEVER, 17: Status.SILENT}


def chosen(text: str) -> list[int]:
    selection = Selection.parse(text)
    return [meter.id for meter in METERS if selection.holds(meter, STATUS[meter.id])]


@pytest.mark.parametrize(
    ("text", "meters"),
    [
        ("all", [1, 2, 3, 17]),
        ("active", [1, 2, 17]),
        ("passive", [3]),
        ("12345678", [1]),
        ("1234567F", [1, 2]),
        ("FFFFFFFF-KAM", [1, 17]),
        ("id=17", [17]),
        ("primary=5", [3]),
        ('"Flat 12"', [1]),
        ('"Flat 12*"', [1, 2]),
        ('"Flat 12, left"', [2]),
        ("flat*", [1, 2]),
        ("medium=water", [1, 17]),
        ("segment=cellar", [2]),
        ("group=north", [1]),
        ("manufacturer=kam", [1, 17]),
        ("manufacturer=XYZ", []),
        ("medium=heat,medium=gas", [2]),
        ("medium=w*", [1, 17]),
        ("wireless", []),
        ("status=failed", [2]),
        ("silent", [17]),
        ("name=all", [17]),
        ("1234FFFF,87654321", [1, 2, 17]),
        ('"medium=water group=north"', [1]),
        ("medium=water group=north", [1]),
        ('"name=Flat 12 medium=water"', [1]),
        ("pump,id=1", [1, 3]),
        ("nobody", []),
        ("F?at 12", []),
    ],
)
def test_selection_chooses(text: str, meters: list[int]) -> None:
    assert chosen(text) == meters


@pytest.mark.parametrize("text", ["", ",", '""', "colour=blue"])
def test_what_selects_nothing_is_refused(text: str) -> None:
    with pytest.raises(SettingError):
        Selection.parse(text)


@pytest.mark.parametrize("medium", ["warm water", "water", "hot water", "cold water", "dual water"])
def test_water_is_every_water_people_are_billed_for(medium: str) -> None:
    code = next(code for code, name in MEDIA.items() if name == medium)
    meter = Meter(id=1, secondary_address=SecondaryAddress("10473002", 0x1593, 1, code))
    assert Selection.parse("medium=water").holds(meter, Status.OK)
    assert Selection.parse(f"medium={medium}").holds(meter, Status.OK)
    assert not Selection.parse("medium=heat").holds(meter, Status.OK)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("medium=watre", r"medium of a meter is other, oil, electricity, .*, reserved, not watre\."),
        ("medium=", r"medium of a meter is .*, not nothing\."),
        ("status=broken", r"status of a meter is never read, ok, meter error, readout failed, silent, not broken\."),
        ('"segment=main status=sleeping"', r"status of a meter is .*, not sleeping\."),
    ],
)
def test_word_that_no_meter_can_have_is_refused_with_those_it_can(text: str, told: str) -> None:
    with pytest.raises(SettingError, match=told):
        Selection.parse(text)


def test_only_a_selection_about_the_status_asks_for_it() -> None:
    asking = ["status=ok", "silent", "error", "medium=water,silent", '"segment=main status=failed"']
    assert all(Selection.parse(text).asks_status for text in asking)
    assert not any(Selection.parse(text).asks_status for text in ["all", "active", "medium=water", "Flat 12"])


@given(st.text(max_size=60))
def test_any_text_is_a_selection_or_refused(text: str) -> None:
    with contextlib.suppress(SettingError):
        assert set(chosen(text)) <= set(STATUS)


def test_automatic_name_leaves_out_what_the_meter_does_not_tell() -> None:
    assert automatic_name(METERS[0]) == "KAM water 12345678"
    assert automatic_name(METERS[2]) == "5"
    assert automatic_name(METERS[1], "Counter {number} on {segment}, {colour}") == "Counter 2 on cellar, {colour}"
