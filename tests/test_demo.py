"""What `--demo` adds, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.appliance import Appliance, Options
from appliance.demo import furnish


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[Appliance]:
    made = Appliance.open(Options(data=tmp_path, quiet=True))
    yield made
    made.close()


def test_fresh_appliance_gets_the_building_and_its_meters(appliance: Appliance) -> None:
    furnish(appliance)
    assert appliance.settings.segment["main"].url == "simulated://apartment-block"
    assert len(appliance.store.meters.all()) == 60


def test_line_of_a_boiler_room_is_left_as_it_is(appliance: Appliance) -> None:
    own = {"segment.main.url": "serial:///dev/ttyUSB7", "readout.schedule": "6h"}
    appliance.settings.set(own, "anna")
    assert "This appliance has a line of its own: the demo's building was not added." in furnish(appliance)
    assert {name: appliance.settings.text(name) for name in own} == own
    assert appliance.store.meters.all() == []
