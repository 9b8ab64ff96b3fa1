"""The frame around every screen."""

from __future__ import annotations

import asyncio

import pytest
from textual.widget import Widget
from textual.worker import WorkerFailed

from appliance.log import Entry, JournalHandler
from tests.operations.world import World
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import seen
from tui.app import Dashboard
from tui.feed import Feed
from tui.screens.overview import OverviewPage


def test_first_line_tells_place_and_time(world: World, dashboard: Dashboard) -> None:
    world.settings.set({"identity.name": "lindenhof", "identity.location": "Heizraum"}, "test")

    async def look() -> list[str]:
        async with dashboard.run_test(size=(140, 45)) as pilot:
            await settle(pilot)
            return seen(dashboard)

    picture = asyncio.run(look())
    assert picture[0].startswith(" busmeister lindenhof · Heizraum")
    assert picture[0].endswith("Sat 21 Nov  06:00:00")
    assert "1 Overview" in picture[1]


def test_small_terminal_says_what_it_needs(dashboard: Dashboard) -> None:
    async def look() -> list[str]:
        async with dashboard.run_test(size=(50, 12)) as pilot:
            await settle(pilot)
            return seen(dashboard)

    assert "busmeister needs 60x16, this is 50x12" in "\n".join(asyncio.run(look()))


@pytest.mark.parametrize(("level", "first"), [(3, "meters"), (0, "overview")])
def test_session_of_who_came_in_begins_with_the_screen_that_is_set_and_makes_no_other(
    world: World, level: int, first: str
) -> None:
    world.settings.set({"dashboard.start_screen": "meters"}, "test")
    app = Dashboard(Feed(world.parts), world.person(level))

    async def look() -> tuple[str, list[str]]:
        async with app.run_test(size=(140, 45)) as pilot:
            await settle(pilot)
            return app.current_mode, [page.name_of_tab for page in app.opened]

    assert asyncio.run(look()) == (first, [first])


def test_digits_change_the_screen_and_escape_leads_back_to_overview(dashboard: Dashboard) -> None:
    async def press() -> list[str]:
        visited = []
        async with dashboard.run_test(size=(140, 45)) as pilot:
            for key in ("2", "1", "2", "escape"):
                await type_keys(pilot, (key,))
                visited.append(dashboard.current_mode)
        return visited

    assert asyncio.run(press()) == ["meters", "overview", "meters", "overview"]


def test_news_that_come_while_the_overview_is_arranged_anew_find_their_place(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrangement = OverviewPage._arrangement

    def with_news(page: OverviewPage) -> Widget:
        if page._data is not None:
            page._show(page._data)
            page.second()
        return arrangement(page)

    monkeypatch.setattr(OverviewPage, "_arrangement", with_news)

    async def shrink_elsewhere_and_come_back() -> str:
        async with dashboard.run_test(size=(140, 45)) as pilot:
            await dashboard.workers.wait_for_complete()
            await pilot.press("2")
            await pilot.resize_terminal(80, 24)
            await pilot.press("1")
            await pilot.pause()
            await dashboard.workers.wait_for_complete()
            await pilot.pause()
            return "\n".join(seen(dashboard))

    picture = asyncio.run(shrink_elsewhere_and_come_back())
    assert "Meters by medium" not in picture
    assert "version     ● 0.1.0" in picture


def test_window_of_another_size_arranges_the_overview_anew_and_fills_it(dashboard: Dashboard) -> None:
    async def shrink_and_grow() -> list[str]:
        pictures = []
        async with dashboard.run_test(size=(140, 45)) as pilot:
            for size in ((140, 45), (80, 24), (140, 45)):
                await pilot.resize_terminal(*size)
                await settle(pilot)
                pictures.append("\n".join(seen(dashboard)))
        return pictures

    wide, small, again = asyncio.run(shrink_and_grow())
    assert "Meters by medium" in wide
    assert "Used today" in wide
    assert "Meters by medium" not in small
    assert "version     ● 0.1.0" in small
    assert again == wide


def test_log_tells_where_a_screen_broke(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(page: OverviewPage) -> None:
        raise ZeroDivisionError

    async def look() -> None:
        async with dashboard.run_test() as pilot:
            await pilot.pause()

    monkeypatch.setattr(OverviewPage, "load", fail)
    taken: list[Entry] = []
    handler = JournalHandler(taken.append)
    with pytest.raises(WorkerFailed):
        asyncio.run(look())
    handler.close()
    (broken,) = [entry for entry in taken if entry.source == "dashboard"]
    assert "ended by a mistake. ZeroDivisionError in " in broken.message
    assert "fail (test_frame.py " in broken.message
