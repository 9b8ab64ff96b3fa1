"""Leaving, and breaking off: what would be lost is asked about first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from appliance.hub import Job
from tests.operations.world import World
from tests.tui.keyboard import settle
from tests.tui.picture import seen
from tui.app import Dashboard


def use(dashboard: Dashboard, keys: Sequence[str], own: Job | None = None) -> tuple[str, bool]:
    """The picture after some keys among the settings, and whether the session goes on."""

    async def story() -> tuple[str, bool]:
        async with dashboard.run_test(size=(140, 45)) as pilot:
            dashboard.go("settings/bus.readout.readout_retries")
            await settle(pilot)
            if own is not None:
                dashboard.own_orders.watch(own)
            await pilot.press(*keys)
            await pilot.pause()
            picture = "\n".join(seen(dashboard))
            if own is not None:
                own.finish(None)
            return picture, dashboard.return_code is None and dashboard._exit is False

    return asyncio.run(story())


def test_unsaved_changes_are_asked_about_before_the_session_ends(dashboard: Dashboard) -> None:
    picture, goes_on = use(dashboard, ("enter", "ctrl+u", "5", "enter", "escape", "1", "q"))
    assert "Not saved yet: 1. Leaving gives that up." in picture
    assert goes_on


def test_long_question_is_wrapped_and_not_cut(dashboard: Dashboard) -> None:
    dashboard.stops_appliance = True
    picture, _ = use(dashboard, ("1", "q"))
    assert "Everything read so far stays." in " ".join(picture.replace("│", " ").split())


def test_yes_gives_unsaved_changes_up(world: World, dashboard: Dashboard) -> None:
    _, goes_on = use(dashboard, ("enter", "ctrl+u", "5", "enter", "escape", "1", "q", "y"))
    assert not goes_on
    assert world.settings.bus.readout.readout_retries == 3


def test_where_nothing_is_lost_nothing_is_asked(dashboard: Dashboard) -> None:
    assert not use(dashboard, ("1", "q"))[1]


def test_order_of_this_session_is_broken_off_after_a_yes(world: World, dashboard: Dashboard) -> None:
    job = world.hub.jobs.open("readout now", dashboard.call.who)
    picture, _ = use(dashboard, ("1", "ctrl+c"), own=job)
    assert "Break off readout now? What is done stays." in picture
    assert not job.cancelled
    again = world.hub.jobs.open("readout now", dashboard.call.who)
    use(Dashboard(dashboard.feed, dashboard.call), ("1", "ctrl+c", "y"), own=again)
    assert again.cancelled


def test_order_of_another_session_of_the_same_person_is_left_alone(world: World, dashboard: Dashboard) -> None:
    job = world.hub.jobs.open("readout now", dashboard.call.who)
    picture, _ = use(dashboard, ("1", "ctrl+c", "y"))
    assert "Break off" not in picture
    assert not job.cancelled
    job.finish(None)
