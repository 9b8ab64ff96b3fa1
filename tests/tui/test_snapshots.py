"""Some screens as a person should see them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from appliance.events import BusState
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.operations import overview
from appliance.operations.call import Call
from appliance.operations.health import Health
from tests.operations.world import FakeSegment, World, water_meter
from tests.tui.keyboard import settle, type_keys
from tests.tui.snapshots import compare
from tests.tui.traffic import heat_meter
from tui.app import Dashboard
from tui.feed import Feed

WIDE, SMALL = (140, 45), (80, 24)


@dataclass(frozen=True)
class Picture:
    """One screen: what a person presses to see it, and in which size."""

    name: str
    keys: Sequence[str]
    size: tuple[int, int]
    theme: str = "dark"
    address: str = ""  # where to go after the keys


PICTURES = (
    Picture("overview-140x45", ("1",), WIDE),
    Picture("meters-80x24", ("2", "down"), SMALL),
    Picture("meter-140x45-light", ("2", "down", "down", "down", "enter"), WIDE, "light"),
    Picture("overload-80x24", ("1",), SMALL),
    Picture("bus-140x45", ("3",), WIDE, address=f"bus/{heat_meter().hex()}"),
    Picture("services-80x24", ("6", "down"), SMALL),
)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_screen_looks_as_it_should(
    world: World, picture: Picture, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "health", health)
    furnish(world, picture)
    app = Dashboard(Feed(world.parts), world.call)

    async def look() -> str:
        async with app.run_test(size=picture.size) as pilot:
            for key in picture.keys:
                await type_keys(pilot, (key,))
            if picture.address:
                app.go(picture.address)
                await settle(pilot)
            await settle(pilot)
            app._second()  # the frame as it is once everything has its place
            await settle(pilot)
            return app.export_screenshot(title="busmeister")

    compare(picture.name, asyncio.run(look()), update=request.config.getoption("--update"))


def health(call: Call) -> Health:
    """Of no particular machine."""
    return Health(call.parts.version, call.parts.started, True, "192.0.2.7", None, 41, 48)


def furnish(world: World, picture: Picture) -> None:
    """Eight flats: most are fine, one is silent, one reports an error, one was never read."""
    world.set_up()
    world.settings.set({"identity.name": "Lindenhof 12", "identity.location": "Heizraum"}, "test")
    world.settings.set({"segment.main.url": "simulated:house", "dashboard.theme": picture.theme}, "test")
    addresses = [SecondaryAddress.parse(f"1047300{number}-ELS-1-7") for number in range(1, 9)]
    meters = [
        Meter(id=number, name=f"Flat {number:02}", segment="main", secondary_address=address)
        for number, address in enumerate(addresses, 1)
    ]
    world.store.meters.add(*meters)
    for meter in meters[:6]:
        assert meter.secondary_address is not None
        key = meter.secondary_address.identification
        world.engine.answers[key] = water_meter(key, 400_000 + 1000 * meter.id, status=0x0C if meter.id == 4 else 0)
    world.engine.read(meters[:7], store=True, job=None)
    world.store.pump()
    world.clock.advance(minutes=5)
    if picture.name.startswith("overload"):
        bad = FakeSegment("main", "simulated:house", BusState.OVERLOAD, sentence="The bus has no voltage")
        world.engine.status = lambda: [bad]  # type: ignore[method-assign]  # the seam of this picture
