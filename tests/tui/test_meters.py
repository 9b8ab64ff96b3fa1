"""The list of meters, as a person meets it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from appliance.clock import VirtualClock
from appliance.events import MetersChanged, TelegramHeard
from appliance.meters.meter import Meter
from appliance.ports import Heard, ReadingKind
from tests.operations.world import World, water_meter
from tests.tui.keyboard import settle
from tests.tui.picture import seen
from tests.tui.visits import keys, visit
from tui.app import Dashboard
from tui.feed import HEARD_EVERY, Feed
from tui.screens.meter.page import MeterPage
from tui.widgets.table import Table


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
