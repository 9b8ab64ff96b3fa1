"""Style sheets that all sessions share."""

from __future__ import annotations

import asyncio

import pytest
from textual.css.stylesheet import Stylesheet

from tests.operations.world import World
from tests.tui.keyboard import settle
from tui.app import Dashboard
from tui.feed import Feed


async def open_and_leave(world: World, looks: list[str]) -> None:
    feed = Feed(world.parts)
    for look in looks:
        world.settings.set({"dashboard.theme": look}, "test")
        async with Dashboard(feed, world.call).run_test(size=(80, 24)) as pilot:
            await settle(pilot)


def test_second_session_in_the_same_colours_parses_no_style_sheet(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(open_and_leave(world, ["dark"]))
    monkeypatch.setattr(Stylesheet, "_parse_rules", lambda *given, **named: pytest.fail("parsed again"))
    asyncio.run(open_and_leave(world, ["dark", "dark"]))


def test_sessions_in_other_colours_have_their_own_rules(world: World) -> None:
    async def ground(look: str) -> str:
        world.settings.set({"dashboard.theme": look}, "test")
        app = Dashboard(Feed(world.parts), world.call)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            return app.screen.styles.background.hex

    grounds = [asyncio.run(ground(look)) for look in ("dark", "light", "dark")]
    assert grounds[0] == grounds[2] != grounds[1]
