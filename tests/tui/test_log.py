"""What still stands, and what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from appliance.log import Severity
from tests.operations.world import World
from tests.tui.picture import seen
from tui.app import Dashboard

WIDE, COMPACT = (140, 45), (80, 24)
SIZES = pytest.mark.parametrize("size", [WIDE, COMPACT])


def read(world: World, dashboard: Dashboard, keys: Sequence[str] = (), size: tuple[int, int] = WIDE) -> str:
    """The screen after some entries and keys."""
    for severity, source, message in (
        (Severity.INFO, "round", "ended: 62 of 62 read"),
        (Severity.ERROR, "report 2", "530 Login incorrect"),
        (Severity.ERROR, "report 2", "530 Login incorrect"),
        (Severity.INFO, "[red]meter[/]", "\x1b[31mtext [b of a meter"),
    ):
        world.clock.advance(seconds=60)
        world.store.journal.add(severity, source, message)
    world.store.flush()

    async def look() -> list[str]:
        async with dashboard.run_test(size=size) as pilot:
            await pilot.press("4")
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            return seen(dashboard)

    return "\n".join(asyncio.run(look()))


@SIZES
def test_newest_entry_comes_first_and_repetitions_are_one_line(
    world: World, dashboard: Dashboard, size: tuple[int, int]
) -> None:
    picture = read(world, dashboard, (), size)
    assert picture.index("530 Login incorrect") < picture.index("ended: 62 of 62 read")
    assert picture.count("530 Login incorrect") == 1
    assert "× 2" in picture


@SIZES
def test_hostile_text_in_the_log_steers_nothing(world: World, dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture = read(world, dashboard, (), size)
    assert "[red]meter[/]" in picture
    assert "\x1b" not in picture


def test_severity_leaves_out_what_matters_less(world: World, dashboard: Dashboard) -> None:
    picture = read(world, dashboard, ("s",))
    assert "severity warning" in picture
    assert "ended: 62 of 62 read" not in picture


def test_words_are_found(world: World, dashboard: Dashboard) -> None:
    picture = read(world, dashboard, ("slash", *"62", "enter"))
    assert "ended: 62 of 62 read" in picture
    assert "530 Login" not in picture


def test_scrolling_away_pauses(world: World, dashboard: Dashboard) -> None:
    assert "paused" in read(world, dashboard, ("down",))


def test_missing_line_stands_open_until_it_is_there(world: World, dashboard: Dashboard) -> None:
    assert "1 came, not gone" in read(world, dashboard)
