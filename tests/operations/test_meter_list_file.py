"""The list of meters as a file."""

from __future__ import annotations

import csv

import pytest

from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Addressing, Meter
from appliance.operations.all import registry
from appliance.operations.execute import execute
from appliance.operations.line import parse_line
from appliance.operations.meter_form import ROWS
from appliance.operations.meters import FIELDS
from tests.operations.world import World


@pytest.fixture
def world_with_meters(world: World) -> World:
    """One meter by secondary, one by primary address, one by an enhanced one and named like a formula."""
    address = SecondaryAddress.parse("10473001-ELS-1-7")
    world.store.meters.add(
        Meter(id=1, name="Cellar", secondary_address=address, baud_rate=9600, location="Stairs, left"),
        Meter(id=2, name="Attic", addressing=Addressing.PRIMARY, primary_address=5, response_timeout=2.5),
        Meter(id=3, name="=1+1", addressing=Addressing.ENHANCED, secondary_address=address),
    )
    return world


def export(world: World, typed: str) -> list[dict[str, str]]:
    row, tokens = registry().find(parse_line(f"meter export {typed}").tokens)
    job = execute(world.call, row, tokens).job
    assert job is not None
    job.wait()
    job.outcome()
    (file,) = world.parts.files.glob("meters-*.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_list_has_the_six_columns_of_the_file(world_with_meters: World) -> None:
    cellar, attic, enhanced = export(world_with_meters, "")
    assert list(cellar.values()) == ["Cellar", "10473001", "9600", "secondary", "", ""]
    assert list(attic.values()) == ["Attic", "", "", "primary", "5", ""]
    assert list(enhanced.values()) == ["'=1+1", "10473001", "", "esecondary", "", ""]


def test_full_list_has_every_field_as_it_is_typed_back(world_with_meters: World) -> None:
    cellar, attic, _enhanced = export(world_with_meters, "columns=full")
    assert cellar["location"] == "Stairs, left"
    assert attic["response_timeout"] == "2500"
    assert (attic["battery"], attic["state"]) == ("false", "active")


def test_form_of_a_meter_has_every_field_that_can_be_set() -> None:
    assert set(ROWS) == set(FIELDS)


def test_chosen_meters_alone_are_exported(world_with_meters: World) -> None:
    assert [row["Position"] for row in export(world_with_meters, "Attic")] == ["Attic"]
