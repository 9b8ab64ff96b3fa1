"""Keys that a slow line brings together do what they do when they come one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest
from textual import events
from textual.widgets import Input

from appliance.meters.meter import Meter
from appliance.operations.registry import Registry
from tests.operations.world import World
from tests.tui.picture import seen
from tui.app import Dashboard
from tui.commands import Offer, choose
from tui.screens import palette
from tui.screens.meter.page import MeterPage
from tui.screens.palette import Palette
from tui.typed_ahead import MOST

MANY_TURNS = 200  # of the loop; a test that needs more fails


@pytest.fixture
def flats(world: World) -> World:
    """Three meters, the first of the list being Flat 01."""
    world.store.meters.add(*(Meter(id=0, name=f"Flat {n:02} heat", primary_address=n) for n in (1, 2, 4)))
    return world


def together(dashboard: Dashboard, keys: Sequence[str], there: Callable[[Dashboard], bool]) -> list[str]:
    """The screen once it is as it should be, after all keys came in one go."""

    async def story() -> list[str]:
        async with dashboard.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            for key in keys:
                dashboard.post_message(events.Key(key, key if len(key) == 1 else None))
            for _turn in range(MANY_TURNS):
                if there(dashboard):
                    break
                await asyncio.sleep(0)
                await pilot.pause()
            await dashboard.workers.wait_for_complete()
            await pilot.pause()
            assert there(dashboard)
            return seen(dashboard)

    return asyncio.run(story())


def is_meter(dashboard: Dashboard) -> bool:
    return isinstance(dashboard.screen, MeterPage)


@pytest.mark.usefixtures("flats")
def test_enter_right_after_the_key_of_a_screen_opens_its_first_row(dashboard: Dashboard) -> None:
    assert "Flat 01 heat" in together(dashboard, ("2", "enter"), is_meter)[2]


@pytest.mark.usefixtures("flats")
def test_arrow_before_enter_counts(dashboard: Dashboard) -> None:
    assert "Flat 02 heat" in together(dashboard, ("2", "down", "enter"), is_meter)[2]


@pytest.mark.usefixtures("flats")
def test_what_is_typed_right_after_the_key_that_finds_goes_into_the_field(dashboard: Dashboard) -> None:
    picture = together(dashboard, ("2", "slash", *"04"), lambda app: app.current_mode == "meters")
    assert any("rows 1–1 of 1" in one for one in picture)
    assert any("Flat 04 heat" in one for one in picture)


def test_letters_right_after_the_key_of_the_palette_go_into_it(dashboard: Dashboard) -> None:
    def typed(app: Dashboard) -> bool:
        return isinstance(app.screen, Palette) and app.screen.query_one(Input).value == "help"

    together(dashboard, ("colon", *"help"), typed)


def test_words_that_come_together_are_looked_for_once(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for: list[str] = []

    def counted(text: str, known: Sequence[Offer], rows: Registry, recent: Sequence[str]) -> list[Offer]:
        looked_for.append(text)
        return choose(text, known, rows, recent)

    def typed(app: Dashboard) -> bool:
        return isinstance(app.screen, Palette) and app.screen.query_one(Input).value == "show meters"

    monkeypatch.setattr(palette, "choose", counted)
    together(dashboard, ("colon", *"show meters"), typed)
    assert looked_for == ["", "show meters"]


def test_key_after_letters_finds_them_in_the_field(world: World, dashboard: Dashboard) -> None:
    def named(app: Dashboard) -> bool:
        return world.settings.identity.name == "cellar"

    together(dashboard, ("colon", *"set identity.name=cellar", "enter"), named)


def test_keys_beyond_what_anybody_types_ahead_are_lost(dashboard: Dashboard) -> None:
    """A stream of keys that nobody typed cannot fill the memory."""

    async def story() -> int:
        async with dashboard.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            for _number in range(2 * MOST):
                await dashboard.on_event(events.Key("x", "x"))
            return len(dashboard._typed_ahead._waiting)

    assert asyncio.run(story()) == MOST
