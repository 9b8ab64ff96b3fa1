"""A click does what the key does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from appliance.meters.meter import Meter
from tests.operations.world import World
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import seen
from tui.app import Dashboard
from tui.screens.question import Question

SIZES = pytest.mark.parametrize("size", [(140, 45), (80, 24)])


@pytest.fixture
def flats(world: World) -> World:
    """Three meters that were never read, one of them passive."""
    world.store.meters.add(
        *(Meter(id=0, name=f"Flat {n:02} heat", primary_address=n, active=n != 4) for n in (1, 2, 4))
    )
    return world


def click(
    dashboard: Dashboard, keys: Sequence[str], *texts: str, size: tuple[int, int] = (140, 45), times: int = 1
) -> str:
    """The screen after some keys and a click on each of the texts in turn."""

    async def story() -> str:
        async with dashboard.run_test(size=size) as pilot:
            await settle(pilot)
            await type_keys(pilot, keys)
            for text in texts:
                await settle(pilot)
                lines = seen(dashboard)
                y = next(number for number, one in enumerate(lines) if text in one)
                await pilot.click(offset=(lines[y].index(text), y), times=times)
                await settle(pilot)
            await settle(pilot)
            return "\n".join(seen(dashboard))

    return asyncio.run(story())


@SIZES
def test_tab_leads_to_its_screen(dashboard: Dashboard, size: tuple[int, int]) -> None:
    click(dashboard, (), "4 Log", size=size)
    assert dashboard.current_mode == "log"


@SIZES
def test_key_in_the_last_line_is_that_key(dashboard: Dashboard, size: tuple[int, int]) -> None:
    assert "esc closes" in click(dashboard, (), "? help", size=size)


@pytest.mark.usefixtures("flats")
def test_click_chooses_a_row(dashboard: Dashboard) -> None:
    assert "─ Flat 02 heat ─" in click(dashboard, ("2",), "Flat 02 heat")


@pytest.mark.usefixtures("flats")
def test_double_click_opens_a_row(dashboard: Dashboard) -> None:
    assert "○ Flat 02 heat" in click(dashboard, ("2",), "Flat 02 heat", times=2)


@SIZES
@pytest.mark.usefixtures("flats")
def test_filters_of_the_list_step_on(dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture = click(dashboard, ("2",), "[s]tate", "[p]assive", size=size)
    assert "[s]tate silent" in picture
    assert "None of 3 matches 'silent'" in picture


@pytest.mark.usefixtures("flats")
def test_count_of_a_state_shows_those_alone(dashboard: Dashboard) -> None:
    picture = click(dashboard, ("2",), "-1")
    assert "[s]tate passive" in picture
    assert "1 of 3" in picture


@pytest.mark.usefixtures("flats")
def test_count_clicked_again_shows_all(dashboard: Dashboard) -> None:
    assert "[s]tate all" in click(dashboard, ("2",), "-1", "-1")


@pytest.mark.usefixtures("flats")
def test_tabs_of_a_meter_change_what_is_seen(dashboard: Dashboard) -> None:
    picture = click(dashboard, ("2", "enter"), "Registers")
    assert "─ Registers ─" in picture


def test_filters_of_the_log_step_on(dashboard: Dashboard) -> None:
    assert "[s]everity warning" in click(dashboard, ("4",), "[s]everity")


@pytest.mark.parametrize(("text", "answer"), [("y yes", True), ("n no", False)])
def test_question_is_answered(dashboard: Dashboard, text: str, answer: bool) -> None:
    answers: list[bool | None] = []

    async def story() -> None:
        async with dashboard.run_test(size=(80, 24)) as pilot:
            dashboard.push_screen(Question("Really?"), answers.append)
            await settle(pilot)
            lines = seen(dashboard)
            y = next(number for number, one in enumerate(lines) if text in one)
            await pilot.click(offset=(lines[y].index(text), y))
            await settle(pilot)

    asyncio.run(story())
    assert answers == [answer]
