"""Who a meter is, from what it says."""

from __future__ import annotations

import pytest

from appliance.mbus.address import SecondaryAddress
from appliance.meters.identity import identified, is_identified
from appliance.meters.meter import Addressing, Meter
from appliance.meters.names import TEMPLATE

TOLD = SecondaryAddress.parse("10473002-ELS-1-7")


@pytest.mark.parametrize(
    ("meter", "name"),
    [
        (Meter(id=3, addressing=Addressing.PRIMARY, primary_address=1, name="1"), "ELS water 1 10473002"),
        (Meter(id=3, addressing=Addressing.PRIMARY, primary_address=1), "ELS water 1 10473002"),
        (Meter(id=3, addressing=Addressing.PRIMARY, primary_address=1, name="Cellar"), "Cellar"),
        (Meter(id=3, secondary_address=SecondaryAddress("1047FFFF"), name="1047FFFF"), "ELS water 10473002"),
    ],
)
def test_meter_added_by_a_part_of_its_address_learns_the_rest_and_its_name(meter: Meter, name: str) -> None:
    known = identified(meter, TOLD, TEMPLATE)
    assert is_identified(known)
    assert (known.secondary_address, known.name) == (TOLD, name)
    assert (known.addressing, known.primary_address) == (meter.addressing, meter.primary_address)


def test_meter_that_is_known_is_not_changed_by_what_another_says() -> None:
    meter = Meter(id=3, secondary_address=SecondaryAddress.parse("10473003-ELS-1-7"), name="Cellar")
    assert identified(meter, TOLD, TEMPLATE) is meter
