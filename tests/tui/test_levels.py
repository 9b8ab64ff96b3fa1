"""What a session's level forbids, and how a higher one is come by."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import pytest

from tests.operations.world import World
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import seen
from tests.tui.ssh_clients import PASSWORD
from tui.app import Dashboard
from tui.feed import Feed

ENABLE = ("colon", *"enable 3", "enter")


def use(app: Dashboard, keys: Sequence[str]) -> str:
    """The picture after some keys."""

    async def press() -> str:
        async with app.run_test(size=(140, 45), notifications=True) as pilot:
            await type_keys(pilot, keys)
            await settle(pilot)  # until a toast is drawn
            return "\n".join(seen(app))

    return asyncio.run(press())


@pytest.mark.parametrize(
    ("keys", "what", "level"),
    [
        (("2", "R"), "read all", 2),
        (("2", "D"), "delete", 3),
        (("3", "w"), "send", 3),
        (("4", "n"), "note", 2),
    ],
)
def test_key_of_a_higher_level_says_which_it_needs_and_how_to_get_it(
    world: World, keys: Sequence[str], what: str, level: int
) -> None:
    picture = use(Dashboard(Feed(world.parts), world.person(1)), keys)
    said = " ".join(re.findall(r"\w+", picture))  # a toast has an edge, and breaks its lines
    assert f"{what} needs level {level}" in said
    assert f"enable {level}" in said
    assert not world.parts.hub.jobs.all()


def test_key_that_is_free_says_nothing(world: World) -> None:
    assert "needs level" not in use(Dashboard(Feed(world.parts), world.person(1)), ("2", "g", "j"))


def test_level_is_raised_by_a_password_that_is_asked_for_and_not_shown(house: World) -> None:
    app = Dashboard(Feed(house.parts), house.person(1))
    asked = use(app, ("colon", *"enable 3 user=admin", "enter", *PASSWORD))
    assert "Password of admin" in asked
    assert PASSWORD not in asked
    app = Dashboard(Feed(house.parts), house.person(1))
    use(app, ("colon", *"enable 3 user=admin", "enter", *PASSWORD, "enter"))
    assert app.call.level == 3
    assert not any(PASSWORD in line for line in app.commander.recent)


def test_nothing_typed_raises_nothing(house: World) -> None:
    app = Dashboard(Feed(house.parts), house.person(1))
    assert "Nothing was typed" in use(app, (*ENABLE, "enter"))
    assert app.call.level == 1
