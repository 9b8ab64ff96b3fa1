"""The file repository on the screen."""

from __future__ import annotations

import asyncio

import pytest

from tests.operations.world import World
from tests.tui.keyboard import type_keys
from tests.tui.picture import seen
from tests.tui.test_palette import press
from tui.app import Dashboard
from tui.feed import Feed

SIZES = pytest.mark.parametrize("size", [(140, 45), (80, 24)])


def look(app: Dashboard, *keys: str, size: tuple[int, int] = (140, 45)) -> str:
    """The screen after some keys."""

    async def run() -> str:
        async with app.run_test(size=size) as pilot:
            for key in ("9", *keys):
                await type_keys(pilot, (key,))
            return "\n".join(seen(app))

    return asyncio.run(run())


@SIZES
def test_files_are_listed_with_their_kind(world: World, dashboard: Dashboard, size: tuple[int, int]) -> None:
    (world.parts.files / "main.bus").write_text("bus\n", encoding="utf-8")
    picture = look(dashboard, size=size)
    assert "recording" in picture
    assert "main.bus" in picture
    assert "1 file · 4 B" in picture


@SIZES
def test_level_that_the_list_needs_is_said_in_its_place(world: World, size: tuple[int, int]) -> None:
    (world.parts.files / "main.bus").write_text("bus\n", encoding="utf-8")
    picture = look(Dashboard(Feed(world.parts), world.person(1)), size=size)
    assert "needs level 2" in picture
    assert "main.bus" not in picture


def test_enter_shows_the_beginning_of_a_text(world: World, dashboard: Dashboard) -> None:
    (world.parts.files / "note.txt").write_text("[red]\x1b[31mfuse changed\n", encoding="utf-8")
    assert "[red][31mfuse changed" in look(dashboard, "enter")


def test_file_is_deleted_once_a_person_has_said_yes(world: World, dashboard: Dashboard) -> None:
    path = world.parts.files / "main.bus"
    path.write_text("bus\n", encoding="utf-8")
    assert "Delete?" in look(dashboard, "D")
    assert path.exists()


def test_yes_deletes_it(world: World, dashboard: Dashboard) -> None:
    path = world.parts.files / "main.bus"
    path.write_text("bus\n", encoding="utf-8")
    assert "No files yet" in look(dashboard, "D", "y")
    assert not path.exists()


def test_configuration_is_kept_by_a_key(world: World, dashboard: Dashboard) -> None:
    assert "configuration-" in look(dashboard, "c")
    assert [path.suffix for path in world.parts.files.iterdir()] == [".cad"]


def test_name_with_folders_is_refused_with_what_is_allowed(world: World, dashboard: Dashboard) -> None:
    told = press(dashboard, ("9", "colon", *"files upload ../x data=AAAA", "enter"))
    assert "takes a file name without folders: at most 100 octets, none of" in told
    assert list(world.parts.files.iterdir()) == []
