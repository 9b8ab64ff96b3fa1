"""Names that strangers and meters chose: shown as they are, and they steer neither the dashboard nor the terminal."""

from __future__ import annotations

import asyncio

import pytest
from rich.cells import cell_len

from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from tests.operations.world import World, water_meter
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import seen
from tui.app import Dashboard
from tui.screens import SCREENS

HOSTILE = (
    "[b]bold[/b] [/",
    "[$primary]y",
    "\x1b[2J\x1b]0;owned\x07",
    "a\\[b]",
    "a\u202egnp.exe\u202c",
    "幅広い名前" * 10,
    "e\u0301" * 40,
    "x" * 300,
    "[@click=app.quit]press[/]",
    "two\r\nlines",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0001f44d\U0001f3fd",
    "\u05d3\u05d9\u05e8\u05d4 4",
)


def install(world: World, count: int) -> None:
    meters = [
        Meter(
            id=number + 1,
            name=HOSTILE[number % len(HOSTILE)],
            location=HOSTILE[(number + 1) % len(HOSTILE)],
            comment=HOSTILE[(number + 2) % len(HOSTILE)],
            secondary_address=SecondaryAddress.parse(f"{10473000 + number:08d}-ELS-1-7"),
        )
        for number in range(count)
    ]
    world.store.meters.add(*meters)
    for meter in meters[: count // 2]:
        assert meter.secondary_address is not None
        key = meter.secondary_address.identification
        world.engine.answers[key] = water_meter(key)
    world.engine.read(meters, store=True, job=None)
    world.store.pump()


@pytest.mark.parametrize("size", [(140, 45), (80, 24), (60, 16)])
@pytest.mark.parametrize("count", [0, 1, 64])
def test_every_screen_is_drawn_whatever_meters_are_called(
    world: World, dashboard: Dashboard, size: tuple[int, int], count: int
) -> None:
    install(world, count)
    pictures: list[str] = []

    async def look() -> None:
        async with dashboard.run_test(size=size) as pilot:
            for entry in SCREENS:
                dashboard.go(entry.name)
                await settle(pilot)
                pictures.append("\n".join(seen(dashboard)))
            if count:
                dashboard.go("meters/1")
                await settle(pilot)
                pictures.append("\n".join(seen(dashboard)))
            await type_keys(pilot, ("colon", *"read"))
            pictures.append("\n".join(seen(dashboard)))

    asyncio.run(look())
    assert not any(sign in picture for picture in pictures for sign in ("\x1b", "\x07", "\u202e", "\u200d", "\ufe0f"))
    assert all(cell_len(one) <= size[0] for picture in pictures for one in picture.splitlines())
    if count == 64 and size[0] >= 80:
        assert "[b]bold[/b] [/" in pictures[1]
