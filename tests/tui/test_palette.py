"""Palette, help, and the screens that say what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from appliance.meters.meter import Meter
from tests.operations.world import World
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import BOTH, WIDE, Size, seen, seen_in
from tui.app import Dashboard
from tui.feed import Feed

SIZES = pytest.mark.parametrize("size", BOTH)


def press(dashboard: Dashboard, keys: Sequence[str]) -> str:
    """The screen after some keys, what was said, and where one is."""
    return press_in((WIDE,), dashboard, keys)[0]


def press_in(sizes: Sequence[Size], dashboard: Dashboard, keys: Sequence[str]) -> list[str]:
    """The same in windows of some sizes."""

    async def run() -> list[str]:
        async with dashboard.run_test(size=sizes[0]) as pilot:
            await settle(pilot)
            await type_keys(pilot, keys)
            pictures = await seen_in(pilot, sizes)
            said = [toast.message for toast in dashboard._notifications]
            return ["\n".join((picture, *said, str(dashboard.current_mode))) for picture in pictures]

    return asyncio.run(run())


def test_palette_finds_a_command_and_shows_its_console_line(dashboard: Dashboard) -> None:
    for picture in press_in(BOTH, dashboard, ("ctrl+p", *"show seg")):
        assert "show segments" in picture
        assert "console  show segments" in picture


def test_palette_knows_the_other_words_of_a_command(dashboard: Dashboard) -> None:
    assert "console  show meters" in press(dashboard, ("ctrl+p", *"show meters"))


def test_command_typed_in_the_palette_is_answered(world: World, dashboard: Dashboard) -> None:
    world.settings.set({"segment.main.url": "simulated:house"}, "test")
    picture = press(dashboard, ("colon", *"show segments", "enter"))
    assert "simulated:house" in picture


def test_order_of_the_palette_is_carried_out(world: World, dashboard: Dashboard) -> None:
    press(dashboard, ("colon", *"set identity.name=cellar", "enter"))
    assert world.settings.identity.name == "cellar"


def test_secret_typed_into_the_palette_is_not_among_its_recent_lines(world: World, dashboard: Dashboard) -> None:
    press(dashboard, ("colon", *"set console.password.3=pumpernickel-17", "enter"))
    assert world.settings.console.password[3].reveal() == "pumpernickel-17"
    assert dashboard.commander.recent == ["set console.password.3"]


def test_refusal_of_an_order_is_told(dashboard: Dashboard) -> None:
    assert "bus.readout.readout_retries takes 0 to 20" in press(
        dashboard, ("colon", *"set bus.readout.readout_retries=99", "enter")
    )


def test_what_needs_an_argument_waits_for_it(dashboard: Dashboard) -> None:
    assert "log note" in press(dashboard, ("colon", *"log note", "enter"))


def test_deleting_asks_first(world: World, dashboard: Dashboard) -> None:
    world.store.meters.add(Meter(id=0, name="Flat", primary_address=5))
    picture = press(dashboard, ("colon", *"meter delete id=1", "enter"))
    assert "For good?" in picture
    assert world.store.meters.all()


def test_palette_leads_to_a_setting(world: World, dashboard: Dashboard) -> None:
    assert press(dashboard, ("colon", *"set bus.baud", "enter")).endswith("settings")


def test_level_hides_what_it_does_not_allow(world: World) -> None:
    app = Dashboard(Feed(world.parts), world.person(1))
    assert "Nothing has these words." in press(app, ("colon", *"factory"))


def help_of(dashboard: Dashboard, screen: str, size: tuple[int, int]) -> str:
    """The first pages of the help."""

    async def turn() -> list[str]:
        pages = []
        async with dashboard.run_test(size=size) as pilot:
            for keys in ((screen, "question_mark"), ("pagedown",), ("pagedown",)):
                await type_keys(pilot, keys)
                pages += seen(dashboard)
        return pages

    return "\n".join(asyncio.run(turn()))


@SIZES
def test_help_lists_keys_and_commands(dashboard: Dashboard, size: tuple[int, int]) -> None:
    pages = help_of(dashboard, "3", size)
    assert "filter" in pages
    assert "bus pause [SEGMENT]" in pages


def test_tabs_without_content_yet_say_what_is_there(dashboard: Dashboard) -> None:
    for picture in press_in(BOTH, dashboard, ("5",)):
        assert "This appliance sends no reports." in picture


def test_files_are_listed_with_hostile_names_as_they_are(world: World, dashboard: Dashboard) -> None:
    world.parts.files.mkdir(parents=True, exist_ok=True)
    (world.parts.files / "[red]x.txt").write_bytes(b"x" * 4100)
    picture = press(dashboard, ("9",))
    assert "[red]x.txt" in picture
    assert "4.1 kB" in picture


def test_file_is_shown_without_what_could_steer_the_terminal(world: World, dashboard: Dashboard) -> None:
    world.parts.files.mkdir(parents=True, exist_ok=True)
    (world.parts.files / "log.csv").write_text("time,message\n06:00,[red]\x1b[2Jwiped", encoding="utf-8")
    picture = press(dashboard, ("9", "enter"))
    assert "06:00,[red]" in picture
    assert "\x1b" not in picture


def test_file_that_is_no_text_is_refused_with_its_size(world: World, dashboard: Dashboard) -> None:
    world.parts.files.mkdir(parents=True, exist_ok=True)
    (world.parts.files / "picture.png").write_bytes(b"\x89PNG\0\0")
    press(dashboard, ("9", "enter"))
    assert [said.message for said in dashboard._notifications] == ["picture.png is no text: 6 octets."]


def test_files_are_found_by_name(world: World, dashboard: Dashboard) -> None:
    world.parts.files.mkdir(parents=True, exist_ok=True)
    for name in ("main-1.bus", "log.csv"):
        (world.parts.files / name).write_bytes(b"x")
    picture = press(dashboard, ("9", "slash", *"BUS", "enter"))
    assert "main-1.bus" in picture
    assert "log.csv" not in picture


def test_help_says_who_to_call(world: World, dashboard: Dashboard) -> None:
    world.settings.set({"identity.contact": "Hauswart [b]031 000 00 00"}, "test")
    for picture in press_in(BOTH, dashboard, ("2", "f1")):
        assert "Who to call: Hauswart [b]031 000 00 00" in picture


@SIZES
def test_help_shows_every_symbol_and_every_command_whole(dashboard: Dashboard, size: tuple[int, int]) -> None:
    pages = help_of(dashboard, "2", size)
    assert "last readout failed; any failure" in pages
    assert "audit export [since=TIME] [format=csv|json]" in pages
    assert "…" not in pages
