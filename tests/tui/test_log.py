"""What still stands, and what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from appliance.log import Severity
from tests.operations.world import World
from tests.tui.keyboard import type_keys
from tests.tui.picture import BOTH, WIDE, Size, seen_in
from tui.app import Dashboard


@pytest.fixture(autouse=True)
def _begins_with_the_log(world: World) -> None:
    world.settings.set({"dashboard.start_screen": "log"}, "test")


def read(world: World, dashboard: Dashboard, keys: Sequence[str] = ()) -> str:
    """The screen after some entries and keys."""
    return read_in((WIDE,), world, dashboard, keys)[0]


def read_in(sizes: Sequence[Size], world: World, dashboard: Dashboard, keys: Sequence[str] = ()) -> list[str]:
    """The same in windows of some sizes."""
    world.set_up()
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
        async with dashboard.run_test(size=sizes[0]) as pilot:
            await type_keys(pilot, ("4", *keys))
            return await seen_in(pilot, sizes)

    return asyncio.run(look())


def test_newest_entry_comes_first_and_repetitions_are_one_line(world: World, dashboard: Dashboard) -> None:
    for picture in read_in(BOTH, world, dashboard):
        assert picture.index("530 Login incorrect") < picture.index("ended: 62 of 62 read")
        assert picture.count("530 Login incorrect") == 1
        assert "× 2" in picture


def test_hostile_text_in_the_log_steers_nothing(world: World, dashboard: Dashboard) -> None:
    for picture in read_in(BOTH, world, dashboard):
        assert "[red]meter[/]" in picture
        assert "\x1b" not in picture


def test_severity_leaves_out_what_matters_less(world: World, dashboard: Dashboard) -> None:
    picture = read(world, dashboard, ("s",))
    assert "everity warning" in picture
    assert "ended: 62 of 62 read" not in picture


def test_words_are_found(world: World, dashboard: Dashboard) -> None:
    picture = read(world, dashboard, ("slash", *"62", "enter"))
    assert "ended: 62 of 62 read" in picture
    assert "530 Login" not in picture


def test_scrolling_away_pauses(world: World, dashboard: Dashboard) -> None:
    assert "paused" in read(world, dashboard, ("down",))


def test_missing_line_stands_open_until_it_is_there(world: World, dashboard: Dashboard) -> None:
    assert "1 came, not gone" in read(world, dashboard)


def test_time_goes_from_a_month_to_a_day(world: World, dashboard: Dashboard) -> None:
    assert "rom 31 days" in read(world, dashboard)


def test_older_entries_are_left_out_of_a_shorter_time(world: World, dashboard: Dashboard) -> None:
    world.store.journal.add(Severity.INFO, "round", "long ago")
    world.clock.advance(seconds=3 * 86400)
    picture = read(world, dashboard, ("f",))
    assert "rom 24 h" in picture
    assert "long ago" not in picture
    assert "530 Login" in picture


def test_open_event_is_marked_as_seen_and_stays(world: World, dashboard: Dashboard) -> None:
    for picture in read_in(BOTH, world, dashboard, ("a",)):
        assert "1 came, not gone" in picture
        assert "seen: anna" in picture


def test_filtered_log_is_exported(world: World, dashboard: Dashboard) -> None:
    read(world, dashboard, ("slash", *"62", "enter", "e"))
    for job in world.hub.jobs.all():
        job.wait()
    (file,) = world.parts.files.glob("log-*.csv")
    written = file.read_text(encoding="utf-8").splitlines()
    assert written[0] == "time,severity,source,message"
    assert len(written) == 2
    assert "ended: 62 of 62 read" in written[1]
