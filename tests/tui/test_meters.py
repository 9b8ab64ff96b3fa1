"""The list of meters and one meter, as a person meets them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from appliance.clock import VirtualClock
from appliance.events import MetersChanged, TelegramHeard
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.ports import Heard, ReadingKind
from tests.operations.world import World, water_meter
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import seen
from tui.app import Dashboard
from tui.feed import HEARD_EVERY, Feed
from tui.screens.meter.page import MeterPage
from tui.widgets.table import Table


@pytest.fixture
def installed(world: World) -> World:
    """Flat 10 answers, Flat 2 answers with low power, Cellar is silent, Attic is passive."""
    names = {"Flat 10": "10473001", "Flat 2": "10473002", "Cellar": "10473003", "Attic": "10473004"}
    meters = [
        Meter(
            id=number,
            name=name,
            secondary_address=SecondaryAddress.parse(f"{key}-ELS-1-7"),
            active=name != "Attic",
        )
        for number, (name, key) in enumerate(names.items(), 1)
    ]
    world.store.meters.add(*meters)
    world.settings.set({"dashboard.start_screen": "meters"}, "test")
    world.engine.answers["10473001"] = water_meter("10473001", 412307)
    world.engine.answers["10473002"] = water_meter("10473002", 98, status=0x04)
    world.engine.read(meters[:3], store=True, job=None)
    world.store.pump()
    return world


def visit(app: Dashboard, act: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (140, 45)) -> str:
    async def run() -> str:
        async with app.run_test(size=size) as pilot:
            await act(pilot)
            await settle(pilot)
            return "\n".join(seen(app))

    return asyncio.run(run())


def keys(*names: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def press(pilot: Pilot[None]) -> None:
        await type_keys(pilot, names)

    return press


def test_worst_meters_stand_first(installed: World, dashboard: Dashboard) -> None:
    picture = visit(dashboard, keys("2"))
    places = [picture.index(name) for name in ("Cellar", "Flat 2 ", "Flat 10")]
    assert places == sorted(places)
    assert "Attic" not in picture


def test_passive_meters_are_shown_when_asked_for(installed: World, dashboard: Dashboard) -> None:
    assert "Attic" in visit(dashboard, keys("2", "p"))


def test_list_is_filtered_while_one_types_and_escape_brings_all_back(installed: World, dashboard: Dashboard) -> None:
    pictures: list[str] = []

    async def find(pilot: Pilot[None]) -> None:
        await keys("2", "slash", *"flat", "space", "1")(pilot)
        pictures.append("\n".join(seen(dashboard)))
        await keys("escape")(pilot)

    after = visit(dashboard, find)
    assert "Flat 10" in pictures[0]
    assert "Flat 2" not in pictures[0]
    assert "Flat 2" in after
    assert "Cellar" in after


def test_exact_value_stands_beside_the_octets(installed: World, dashboard: Dashboard) -> None:
    async def look(pilot: Pilot[None]) -> None:
        await keys("2")(pilot)
        dashboard.go("meters/1")
        await settle(pilot)

    picture = visit(dashboard, look)
    assert "412.307" in picture
    assert "412307 × 10⁻³ m³" in picture
    assert "0C 13 07 23 41 00" in picture


def test_enter_opens_one_meter_and_escape_comes_back_to_its_row(installed: World, dashboard: Dashboard) -> None:
    depth: list[int] = []

    async def go(pilot: Pilot[None]) -> None:
        await keys("2", "down", "enter")(pilot)
        depth.append(len(dashboard.screen_stack))
        assert isinstance(dashboard.screen, MeterPage)
        await keys("escape")(pilot)
        depth.append(len(dashboard.screen_stack))

    visit(dashboard, go)
    assert depth == [2, 1]


def test_silent_meter_says_since_when_and_why(installed: World) -> None:
    installed.settings.unset(["dashboard.start_screen"], "test")  # so that the list has no widgets yet
    dashboard = Dashboard(Feed(installed.parts), installed.call)

    async def look(pilot: Pilot[None]) -> None:
        dashboard.go("meters/3")
        while not isinstance(dashboard.screen, MeterPage):
            await settle(pilot)

    assert "silent since 06:00, 1 readout: No answer from 10473003" in visit(dashboard, look)


@pytest.mark.parametrize("kind", [ReadingKind.SCHEDULED, ReadingKind.CONTINUOUS])
def test_list_shows_what_is_kept_in_memory_alone(
    installed: World, dashboard: Dashboard, clock: VirtualClock, kind: ReadingKind
) -> None:
    installed.store.meters.change(replace(installed.store.meters.all()[2], store=False))
    octets = (water_meter("10473003", 55_432),)
    heard = Heard(meter=3, slot=1795240000, kind=kind, telegrams=octets, at=installed.clock.stamp())

    async def hear(pilot: Pilot[None]) -> None:
        await settle(pilot)
        installed.hub.publish(MetersChanged())
        assert dashboard.feed._task is not None
        dashboard.feed._task.cancel()  # it looks when the test says so
        await dashboard.feed.tick()  # a look at nothing puts none off
        for one in (heard, replace(heard, telegrams=(water_meter("10473003", 55_433),))):
            installed.engine.heard[3] = one
            installed.hub.publish(TelegramHeard(one))
            await dashboard.feed.tick()
        await settle(pilot)
        assert "55.432 m³" in row(seen(dashboard))
        clock.advance(seconds=HEARD_EVERY)
        await dashboard.feed.tick()

    def row(picture: list[str]) -> str:
        return next(line for line in picture if "Cellar" in line[:30])

    assert "55.433 m³" in row(visit(dashboard, hear).splitlines())


def test_key_that_finds_leads_from_the_overview_into_the_field_of_the_list(installed: World) -> None:
    installed.settings.unset(["dashboard.start_screen"], "test")
    picture = visit(Dashboard(Feed(installed.parts), installed.call), keys("slash", *"flat 1"))
    assert "Flat 10" in picture
    assert "rows 1–1 of 1" in picture


def test_clock_goes_on_while_a_session_ends(installed: World, dashboard: Dashboard) -> None:
    async def end_and_tick() -> None:
        async with dashboard.run_test(size=(140, 45)) as pilot:
            await keys("2")(pilot)
            dashboard.go("meters/3")
            await settle(pilot)
            await dashboard.screen.query_one("#identity").remove()
            dashboard._running = False
            dashboard._second()
            dashboard._running = True

    asyncio.run(end_and_tick())


def test_a_person_of_level_one_cannot_read_meters(installed: World) -> None:
    app = Dashboard(Feed(installed.parts), installed.person(1))
    picture = visit(app, keys("2", "r"))
    assert "read now" not in picture
    assert not installed.parts.hub.jobs.all()


def test_overview_tells_what_to_do_first(installed: World, dashboard: Dashboard) -> None:
    picture = visit(dashboard, keys("1"))
    assert "1 of 3 meters are fine." in picture
    assert picture.index("Cellar") < picture.index("low power")


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


def test_columns_are_chosen_by_ticks(installed: World, dashboard: Dashboard) -> None:
    picture = visit(dashboard, keys("2", "c", "space", "end", "space", "enter"))
    assert "comment" in picture
    assert "water" not in picture.partition("rows 1")[0].partition("─ Cellar")[0]


def test_list_is_sorted_by_the_next_column_and_back_to_front(installed: World, dashboard: Dashboard) -> None:
    assert "sorted by name" in visit(dashboard, keys("2", "o"))


def test_click_on_a_head_sorts_and_a_second_one_turns_it_round(installed: World, dashboard: Dashboard) -> None:
    async def click(pilot: Pilot[None]) -> None:
        await keys("2")(pilot)
        for _twice in range(2):
            await pilot.click(Table, offset=(6, 0))
            await settle(pilot)

    picture = visit(dashboard, click)
    assert "name ▴" in picture
    assert picture.index("Flat 10") < picture.index("Flat 2 ")


def test_many_meters_get_a_field_at_once(installed: World, dashboard: Dashboard) -> None:
    visit(dashboard, keys("2", "asterisk", "x", *["down"] * 4, "enter", *"north", "enter"))
    groups = [meter.group for meter in installed.store.meters.all()]
    assert groups == ["north", "north", "north", ""]


def test_deleting_wants_the_name_typed(installed: World, dashboard: Dashboard) -> None:
    picture = visit(dashboard, keys("2", "D"))
    assert "Type Cellar to do it" in picture
    assert len(installed.store.meters.all()) == 4


@pytest.mark.parametrize(("typed", "left"), [("Cellar", 3), ("Attic", 4)])
def test_meter_is_deleted_only_when_its_name_was_typed(
    installed: World, dashboard: Dashboard, typed: str, left: int
) -> None:
    visit(dashboard, keys("2", "D", *typed, "enter"))
    for job in installed.hub.jobs.all():
        job.wait()
    assert len(installed.store.meters.all()) == left


@pytest.mark.parametrize("size", [(140, 45), (80, 24)])
def test_question_before_meters_are_deleted_names_what_to_type_on_a_line_of_its_own(
    installed: World, dashboard: Dashboard, size: tuple[int, int]
) -> None:
    named = [replace(one, name=f"a long name of meter {one.id} in the cellar") for one in installed.store.meters.all()]
    installed.store.meters.change(*named)
    lines = visit(dashboard, keys("2", "space", "space", "D"), size=size).splitlines()
    assert any("│ Type 2 to do it:  " in text for text in lines)


def test_meter_is_added_by_its_primary_address(installed: World, dashboard: Dashboard) -> None:
    visit(dashboard, keys("2", "a", *"p 9", "enter"))
    assert any(meter.primary_address == 9 for meter in installed.store.meters.all())


def test_visitor_is_offered_no_orders(installed: World) -> None:
    app = Dashboard(Feed(installed.parts), installed.person(1))
    picture = visit(app, keys("2", "x", "D", "a"))
    assert "bulk" not in picture
    assert "Type Cellar" not in picture


def test_every_key_of_a_screen_is_in_its_help(installed: World, dashboard: Dashboard) -> None:
    picture = visit(dashboard, keys("2", "question_mark"))
    for words in ("mark all", "passive shown or not", "columns", "next pane", "break off", "screens", "ctrl+p :"):
        assert words in picture


def test_marked_meters_are_exported(installed: World, dashboard: Dashboard) -> None:
    visit(dashboard, keys("2", "space", "e"))
    for job in installed.hub.jobs.all():
        job.wait()
    (file,) = installed.parts.files.glob("meters-*.csv")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["Position", "Cellar"]


def test_chart_of_the_record_under_the_cursor_opens(installed: World, dashboard: Dashboard) -> None:
    assert "volume, storage 1, 7 days" in visit(dashboard, open_tab(1, "values", "down", "enter"))


def test_chart_opens_with_the_period_that_is_set(installed: World, dashboard: Dashboard) -> None:
    installed.settings.set({"series.chart_period": "year"}, "test")
    assert "volume, a year" in visit(dashboard, open_tab(1, "charts"))


def test_order_and_columns_are_kept_for_the_next_session_of_the_same_person(installed: World) -> None:
    first = Dashboard(Feed(installed.parts), installed.call)
    visit(first, keys("2", "o", "c", "space", "enter"))
    again = visit(Dashboard(Feed(installed.parts), installed.call), keys("2"))
    assert "sorted by name" in again
    assert "medium" not in again.split("\n")[3]
    other = visit(Dashboard(Feed(installed.parts), replace(installed.call, user="bert")), keys("2"))
    assert "sorted by state, then name" in other
    assert "medium" in other.split("\n")[3]


def test_kept_view_of_another_version_is_taken_as_far_as_it_is_known(installed: World, dashboard: Dashboard) -> None:
    installed.store.views.keep(installed.call.who, "meters", '{"order": "moon", "names": ["place", "moon"], "new": 1}')
    picture = visit(dashboard, keys("2"))
    assert "sorted by state, then name" in picture
    assert "place" in picture


def test_long_names_that_differ_in_their_number_keep_it(world: World, dashboard: Dashboard) -> None:
    names = [f"heat cost allocator in the attic {number}" for number in (7, 8)]
    meters = [Meter(id=0, name=name, primary_address=number) for number, name in enumerate(names)]
    world.store.meters.add(*meters)
    picture = visit(dashboard, keys("2"))
    assert re.findall(r"heat cost alloc\w*… (\d)", picture) == ["7", "8"]


@pytest.mark.parametrize("size", [(140, 45), (80, 24)])
def test_meter_that_was_never_read_has_no_empty_charts(
    installed: World, dashboard: Dashboard, size: tuple[int, int]
) -> None:
    picture = visit(dashboard, keys("2", "p", "home", *["down"] * 3, "enter"), size)
    assert "No reading yet. r reads now." in picture
    assert "─  ──" not in picture
