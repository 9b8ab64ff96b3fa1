"""One meter, as a person meets it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.operations.world import World
from tests.tui.keyboard import settle
from tests.tui.visits import keys, visit
from tui.app import Dashboard
from tui.feed import Feed
from tui.screens.meter.page import MeterPage


def open_tab(number: int, tab: str, *then: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """A tab of a meter, and keys there."""

    async def go(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Dashboard)
        await keys("2")(pilot)
        app.go(f"meters/{number}/{tab}")
        await settle(pilot)
        await keys(*then)(pilot)

    return go


SIZES = pytest.mark.parametrize("size", [(140, 45), (80, 24)])


def test_silent_meter_says_since_when_and_why(installed: World) -> None:
    installed.settings.unset(["dashboard.start_screen"], "test")  # so that the list has no widgets yet
    dashboard = Dashboard(Feed(installed.parts), installed.call)

    async def look(pilot: Pilot[None]) -> None:
        dashboard.go("meters/3")
        while not isinstance(dashboard.screen, MeterPage):
            await settle(pilot)

    assert "silent since 06:00, 1 readout: No answer from 10473003" in visit(dashboard, look)


@SIZES
def test_registers_show_where_each_value_stands_and_what_is_shown(
    installed: World, dashboard: Dashboard, size: tuple[int, int]
) -> None:
    picture = visit(dashboard, open_tab(1, "registers"), size)
    assert "3 as the telegram says" in picture
    assert "412.307" in picture
    assert "storage" in picture


@SIZES
def test_fields_of_a_meter_are_a_form(installed: World, dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture = visit(dashboard, open_tab(1, "settings"), size)
    assert "Cost centre" in picture
    assert 'meter set id=1 name="Flat 10"' in picture


def test_field_of_a_meter_is_saved_with_all_others(installed: World, dashboard: Dashboard) -> None:
    typed = ("enter", *"x", "enter", "down", "enter", *"attic", "enter", "ctrl+s")
    visit(dashboard, open_tab(1, "settings", *typed))
    meter = installed.store.meters.find(1)
    assert meter is not None
    assert (meter.name, meter.location) == ("Flat 10x", "attic")


def test_wrong_field_of_a_meter_keeps_all_from_being_saved(installed: World, dashboard: Dashboard) -> None:
    typed = ("enter", *"x", "enter", *["down"] * 9, "enter", *"999", "enter", "ctrl+s")
    assert "must be 0-250" in visit(dashboard, open_tab(1, "settings", *typed))
    meter = installed.store.meters.find(1)
    assert meter is not None
    assert meter.name == "Flat 10"


def test_arrows_move_in_the_text_while_a_field_is_typed(installed: World, dashboard: Dashboard) -> None:
    typed = ("enter", "left", "left", *"x", "enter", "ctrl+s")
    visit(dashboard, open_tab(1, "settings", *typed))
    meter = installed.store.meters.find(1)
    assert meter is not None
    assert meter.name == "Flat x10"


def test_level_one_reads_the_fields_and_types_nothing(installed: World) -> None:
    app = Dashboard(Feed(installed.parts), installed.person(1))
    assert "level 2" in visit(app, open_tab(1, "settings", "enter", "x"))
    meter = installed.store.meters.find(1)
    assert meter is not None
    assert meter.name == "Flat 10"


@SIZES
def test_chart_zooms_pans_and_reads_off(installed: World, dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture = visit(dashboard, open_tab(1, "charts", "plus", "h"), size)
    assert "volume, 3 d 12 h" in picture
    assert "no reading in this time" in picture


def test_zooming_out_shows_a_longer_time(installed: World, dashboard: Dashboard) -> None:
    assert "volume, 14 d" in visit(dashboard, open_tab(1, "charts", "minus"))


def test_cursor_of_the_chart_says_what_was_read_there(installed: World, dashboard: Dashboard) -> None:
    assert "06:00  412.307 m³" in visit(dashboard, open_tab(1, "charts", "less_than_sign"))


def test_readings_go_back_to_a_date(installed: World, dashboard: Dashboard) -> None:
    picture = visit(dashboard, open_tab(1, "readings", "g", *"7d", "enter"))
    assert "No reading up to then." in picture


def test_date_that_is_none_is_refused_with_what_is_allowed(installed: World, dashboard: Dashboard) -> None:
    visit(dashboard, open_tab(1, "readings", "g", *"soon", "enter"))
    assert any("2026-11-21T10:15" in said.message for said in dashboard._notifications)


def test_reading_opens_its_values_as_of_then(installed: World, dashboard: Dashboard) -> None:
    picture = visit(dashboard, open_tab(1, "readings", "enter"))
    assert "meter values id=1 at=" in picture
    assert "412.307 m3" in picture


def test_tabs_of_one_meter_do_not_pile_up(installed: World, dashboard: Dashboard) -> None:
    async def go(pilot: Pilot[None]) -> None:
        await open_tab(1, "values")(pilot)
        for tab in ("charts", "log", "registers"):
            dashboard.go(f"meters/1/{tab}")
            await settle(pilot)
        depth.append(len(dashboard.screen_stack))

    depth: list[int] = []
    visit(dashboard, go)
    assert depth == [2]


def test_chart_of_the_record_under_the_cursor_opens(installed: World, dashboard: Dashboard) -> None:
    assert "volume, storage 1, 7 days" in visit(dashboard, open_tab(1, "values", "down", "enter"))


def test_chart_opens_with_the_period_that_is_set(installed: World, dashboard: Dashboard) -> None:
    installed.settings.set({"series.chart_period": "year"}, "test")
    assert "volume, a year" in visit(dashboard, open_tab(1, "charts"))


@pytest.mark.parametrize("size", [(140, 45), (80, 24)])
def test_meter_that_was_never_read_has_no_empty_charts(
    installed: World, dashboard: Dashboard, size: tuple[int, int]
) -> None:
    picture = visit(dashboard, keys("2", "p", "home", *["down"] * 3, "enter"), size)
    assert "No reading yet. r reads now." in picture
    assert "─  ──" not in picture
