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
SIZES = ((140, 45), (80, 24), (60, 16))


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


@pytest.mark.parametrize("count", [0, 1, 64])
def test_every_screen_is_drawn_whatever_meters_are_called(world: World, dashboard: Dashboard, count: int) -> None:
    install(world, count)
    pictures: dict[tuple[int, int], list[str]] = {size: [] for size in SIZES}

    async def look() -> None:
        async with dashboard.run_test(size=SIZES[0]) as pilot:
            for size in SIZES:
                await pilot.resize_terminal(*size)
                for address in (*(entry.name for entry in SCREENS), *(["meters/1"] if count else [])):
                    dashboard.go(address)
                    await settle(pilot)
                    pictures[size].append("\n".join(seen(dashboard)))
                await type_keys(pilot, ("colon", *"read"))
                pictures[size].append("\n".join(seen(dashboard)))
                await type_keys(pilot, ("escape", "escape"))

    asyncio.run(look())
    shown = "".join(picture for some in pictures.values() for picture in some)
    assert not any(sign in shown for sign in ("\x1b", "\x07", "\u202e", "\u200d", "\ufe0f"))
    for size, some in pictures.items():
        assert all(cell_len(one) <= size[0] for picture in some for one in picture.splitlines())
        assert count < 64 or size[0] < 80 or "[b]bold[/b] [/" in some[1]
