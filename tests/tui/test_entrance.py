"""The way in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from appliance.operations.call import Call
from appliance.security.books import User
from tests.operations.world import World
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import BOTH, Size, seen_in
from tui.app import Dashboard
from tui.feed import Feed

GOOD = "seven-green-boilers"
ONCE = "once-upon-a-boiler"


def enter(
    world: World, keys: Sequence[str], size: tuple[int, int] = (140, 45), call: Call | None = None
) -> tuple[str, int]:
    """The screen after some keys of somebody without a level, and the level then."""
    (picture,), level = enter_in((size,), world, keys, call)
    return picture, level


def enter_in(
    sizes: Sequence[Size], world: World, keys: Sequence[str], call: Call | None = None
) -> tuple[list[str], int]:
    """The same in windows of some sizes."""
    app = Dashboard(Feed(world.parts), call or world.person(0))

    async def run() -> list[str]:
        async with app.run_test(size=sizes[0]) as pilot:
            await settle(pilot)
            await type_keys(pilot, keys)
            return await seen_in(pilot, sizes)

    return asyncio.run(run()), app.call.level


def set_up(world: World) -> str:
    world.parts.doorkeeper.prepare()
    return world.parts.doorkeeper.setup_code


def newcomer(world: World) -> Call:
    """The session of anna, who came in by a one-time password."""
    keeper = world.parts.doorkeeper
    keeper.users.add(keeper.keep_password(User(name="anna", level=3, password=""), ONCE, once=True))
    return world.person(0).as_somebody(keeper.login("anna", ONCE, door="ssh", source="192.0.2.7"))


def test_new_device_asks_for_its_code_and_shows_no_meters(world: World) -> None:
    set_up(world)
    pictures, level = enter_in(BOTH, world, ())
    assert level == 0
    for picture in pictures:
        assert "▶ 1 Set-up code" in picture
        assert "There is no factory password." in picture


def test_code_and_password_make_the_administrator(world: World) -> None:
    code = set_up(world)
    _picture, level = enter(world, (*code, "enter", *GOOD, "enter", *GOOD, "enter", "enter"))
    assert level == 3
    assert world.parts.doorkeeper.is_set_up


def test_wrong_code_is_refused_with_a_sentence(world: World) -> None:
    set_up(world)
    picture, level = enter(world, ("x", "enter", *GOOD, "enter", *GOOD, "enter", "enter"))
    assert "✕ " in picture
    assert level == 0


def test_two_passwords_that_differ_are_told_while_typing(world: World) -> None:
    set_up(world)
    picture, _level = enter(world, ("x", "enter", *GOOD, "enter", *GOOD[:4]))
    assert "✕ differs yet" in picture
    assert "● long and not common" in picture
    assert GOOD not in picture


def test_wrong_password_is_refused_without_saying_what_was_wrong(world: World) -> None:
    world.parts.doorkeeper.setup(set_up(world), GOOD, door="local", source="test")
    pictures, level = enter_in(BOTH, world, (*"nobody", "enter", *"wrong", "enter"))
    assert level == 0
    for picture in pictures:
        assert "Login" in picture
        assert "nobody" not in picture.split("✕")[1]


def test_right_password_opens_the_dashboard(world: World) -> None:
    world.parts.doorkeeper.setup(set_up(world), GOOD, door="local", source="test")
    picture, level = enter(world, (*"admin", "enter", *GOOD, "enter"))
    assert level == 3
    assert "1 Overview" in picture


def test_login_leads_to_the_screen_that_sessions_begin_with(world: World) -> None:
    world.parts.doorkeeper.setup(set_up(world), GOOD, door="local", source="test")
    world.settings.set({"dashboard.start_screen": "log"}, "test")
    picture, _level = enter(world, (*"admin", "enter", *GOOD, "enter"))
    assert "o origin" in picture  # a key of the log


def test_one_time_password_leads_to_a_password_of_ones_own_alone(world: World) -> None:
    call = newcomer(world)
    for picture in enter_in(BOTH, world, ("tab", "1", "2", "ctrl+p", "f1"), call)[0]:
        assert "Password of anna" in picture
        assert "Overview" not in picture


def test_password_of_ones_own_opens_the_dashboard(world: World) -> None:
    picture, _level = enter(world, (*GOOD, "enter", *GOOD, "enter"), call=newcomer(world))
    assert "1 Overview" in picture
    assert not world.parts.doorkeeper.users.get("anna").must_change_password


def test_one_time_password_cannot_be_kept(world: World) -> None:
    picture, _level = enter(world, (*ONCE, "enter", *ONCE, "enter"), call=newcomer(world))
    assert "choose another" in picture
    assert world.parts.doorkeeper.users.get("anna").must_change_password


def test_login_with_a_one_time_password_asks_for_another_at_once(world: World) -> None:
    newcomer(world)
    picture, _level = enter(world, (*"anna", "enter", *ONCE, "enter"))
    assert "Password of anna" in picture


def test_no_key_leads_past_the_entrance(world: World) -> None:
    set_up(world)
    picture, _level = enter(world, ("tab", "tab", "tab", "tab", "shift+tab", "ctrl+p", "f1"))
    assert "▶ 1 Set-up code" in picture
    app = Dashboard(Feed(world.parts), world.person(0))

    async def go() -> str | None:
        async with app.run_test() as pilot:
            app.set_focus(None)
            await type_keys(pilot, ("2",))
            app.go("meters")
            return app.current_mode

    assert asyncio.run(go()) == "overview"


def test_entrance_has_a_clock_and_says_its_keys(world: World) -> None:
    set_up(world)
    for picture in enter_in(BOTH, world, ())[0]:
        assert "not set up" in picture
        assert "06:00:0" in picture
        assert "F2 show password" in picture
