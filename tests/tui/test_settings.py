"""Forms made from the rows of settings."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import pytest

from appliance.operations.all import registry
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.line import parse_line
from tests.operations.world import World
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import seen
from tui.app import Dashboard

WIDE, COMPACT = (140, 45), (80, 24)
SIZES = pytest.mark.parametrize("size", [WIDE, COMPACT])


def fill_in(dashboard: Dashboard, setting: str, keys: Sequence[str], size: tuple[int, int] = WIDE) -> str:
    """The screen after some keys on a setting."""

    async def look() -> list[str]:
        async with dashboard.run_test(size=size) as pilot:
            dashboard.go(f"settings/{setting}")
            await settle(pilot)
            await type_keys(pilot, keys)
            return [*seen(dashboard), *(said.message for said in dashboard._notifications)]

    return "\n".join(asyncio.run(look()))


@SIZES
def test_form_shows_value_unit_range_and_console_line(dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture = fill_in(dashboard, "bus.readout.request_idle_time", (), size)
    assert "Bus · Readout" in picture
    assert "Request idle time" in picture
    assert "0-60000" in picture
    assert "set bus.readout.request_idle_time=1000" in picture
    assert "Longest wait between two requests." in picture


@SIZES
def test_unit_that_is_a_long_word_stands_whole_behind_the_range(dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture = fill_in(dashboard, "bus.readout.request_idle_time", (), size)
    assert "1-64 telegrams" in picture
    assert "0-100 rounds" in picture
    assert "Multi telegram maximum " in picture


@SIZES
def test_wrong_value_is_told_beside_its_field_and_not_saved(
    world: World, dashboard: Dashboard, size: tuple[int, int]
) -> None:
    keys = ("enter", "ctrl+u", "-", "1", "enter", "ctrl+s")
    picture = fill_in(dashboard, "bus.readout.request_idle_time", keys, size)
    assert "must be 0-60000" in picture
    assert world.settings.text("bus.readout.request_idle_time") == "1000"


def test_change_is_marked_until_it_is_saved(world: World, dashboard: Dashboard) -> None:
    picture = fill_in(dashboard, "bus.readout.readout_retries", ("enter", "ctrl+u", "5", "enter"))
    assert "changed, was 3" in picture
    assert "1 change " in picture
    assert world.settings.bus.readout.readout_retries == 3


def test_save_takes_all_changes_at_once(world: World, dashboard: Dashboard) -> None:
    keys = ("enter", "ctrl+u", "5", "down", "enter", "ctrl+u", "4", "enter", "ctrl+s")
    fill_in(dashboard, "bus.readout.readout_retries", keys)
    assert world.settings.bus.readout.readout_retries == 5
    assert world.settings.bus.readout.selection_retries == 4


def test_one_wrong_value_keeps_all_from_being_saved(world: World, dashboard: Dashboard) -> None:
    keys = ("enter", "ctrl+u", "5", "down", "enter", "ctrl+u", "9", "9", "enter", "ctrl+s")
    picture = fill_in(dashboard, "bus.readout.readout_retries", keys)
    assert "Nothing was saved" in picture
    assert world.settings.bus.readout.readout_retries == 3


def test_escape_undoes_the_field(world: World, dashboard: Dashboard) -> None:
    picture = fill_in(dashboard, "bus.readout.readout_retries", ("enter", "ctrl+u", "5", "escape"))
    assert "changed, was" not in picture


def test_choice_steps_to_the_next_word(dashboard: Dashboard) -> None:
    assert "changed, was off" in fill_in(dashboard, "bus.readout.multi_telegram", ("enter",))


def test_digits_typed_into_a_field_do_not_change_the_screen(dashboard: Dashboard) -> None:
    assert "Readout retries" in fill_in(dashboard, "bus.readout.readout_retries", ("enter", "1", "2", "q"))


def test_schedule_says_when_it_comes_next(dashboard: Dashboard) -> None:
    assert "next Sat 21.11. 06:15, Sat 21.11. 06:30" in fill_in(dashboard, "readout.schedule", ())


def test_settings_are_found_by_words_of_their_help(dashboard: Dashboard) -> None:
    picture = fill_in(dashboard, "bus.readout", ("slash", *"collision", "enter"))
    assert "/ collision" in picture
    assert "Collision idle time" in picture


def test_value_somebody_typed_cannot_steer_the_screen(world: World, dashboard: Dashboard) -> None:
    world.settings.set({"identity.location": "[red]cellar[/] [b"}, "test")
    assert "[red]cellar[/] [b" in fill_in(dashboard, "identity.location", ())


def test_low_level_sees_values_but_cannot_type(world: World, dashboard: Dashboard) -> None:
    dashboard.call = world.person(1)
    picture = fill_in(dashboard, "bus.readout.readout_retries", ("enter", "5"))
    assert "bus.readout.readout_retries needs level 3." in picture


@SIZES
def test_switch_is_a_tick_that_space_turns(dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture = fill_in(dashboard, "readout.enabled", ("space",), size)
    assert "[ ]" in picture
    assert "changed, was true" in picture


def test_choice_of_many_words_is_a_list(dashboard: Dashboard) -> None:
    assert "enter takes, esc leaves" in fill_in(dashboard, "dashboard.theme", ("enter",))


def test_word_taken_from_the_list_is_a_change(dashboard: Dashboard) -> None:
    assert "changed, was dark" in fill_in(dashboard, "dashboard.theme", ("enter", "down", "enter"))


def test_group_that_follows_stands_on_the_same_page_where_there_is_room(dashboard: Dashboard) -> None:
    assert "─ Relay · 2 ─" in fill_in(dashboard, "relay.1.enabled", ())


def test_small_window_shows_one_group(dashboard: Dashboard) -> None:
    assert "─ Relay · 2 ─" not in fill_in(dashboard, "relay.1.enabled", (), COMPACT)


def test_long_help_is_shown_whole(dashboard: Dashboard) -> None:
    picture = fill_in(dashboard, "bus.readout.response_timeout", (), (120, 45))
    assert " ".join(dashboard.call.parts.settings.bus.readout.__class__.response_timeout.help.split()[-3:]) in picture


def overtake(world: World, dashboard: Dashboard, *keys: str) -> str:
    """Somebody types 5 retries, another saves 4 meanwhile, then come the keys."""
    other = Call(world.parts, "hauswart", 3, source="test")
    row, tokens = registry().find(parse_line("set bus.readout.readout_retries=4").tokens)

    async def look() -> list[str]:
        async with dashboard.run_test(size=WIDE) as pilot:
            dashboard.go("settings/bus.readout.readout_retries")
            for step in ("wait", "enter", "ctrl+u", "5", "enter", "another", *keys, "wait"):
                if step == "another":
                    execute(other, row, tokens)
                    world.store.flush()
                    await dashboard.feed.tick()
                elif step != "wait":
                    await type_keys(pilot, (step,))
                await settle(pilot)
            return seen(dashboard)

    return "\n".join(asyncio.run(look()))


def test_what_somebody_else_saved_meanwhile_is_told_with_both_values(world: World, dashboard: Dashboard) -> None:
    picture = overtake(world, dashboard)
    assert "hauswart changed bus.readout.readout_retries to 4 at 06:00; yours is 5." in picture
    assert "meanwhile 4" in picture


def test_ones_own_value_is_saved_over_anothers_only_after_a_yes(world: World, dashboard: Dashboard) -> None:
    assert "Save yours all the same?" in overtake(world, dashboard, "ctrl+s")
    assert world.settings.bus.readout.readout_retries == 4


def test_after_a_yes_ones_own_value_holds(world: World, dashboard: Dashboard) -> None:
    overtake(world, dashboard, "ctrl+s", "y")
    assert world.settings.bus.readout.readout_retries == 5


def test_giving_way_takes_the_others_value(world: World, dashboard: Dashboard) -> None:
    assert "nothing" in overtake(world, dashboard, "u").partition("Not saved yet")[2]
    assert world.settings.bus.readout.readout_retries == 4


@SIZES
def test_settings_that_are_called_alike_are_told_apart_by_their_whole_names(
    world: World, dashboard: Dashboard, size: tuple[int, int]
) -> None:
    world.settings.set({"segment.main.url": "simulated:house"}, "test")
    picture = fill_in(dashboard, "bus.readout", ("slash", *"response", "enter"), size)
    assert "bus.readout.response_timeout" in picture
    assert re.search(r"main\.readout\.response_timeout", picture)
    assert "Response timeout  " not in picture
