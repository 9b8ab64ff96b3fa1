"""The steps behind the first user."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

import pytest

from appliance.operations.call import Call
from appliance.security.host_key import host_fingerprint
from tests.operations.world import World
from tests.tui.picture import BOTH, WIDE, Size
from tests.tui.test_entrance import GOOD, enter, enter_in, set_up

SIZES = pytest.mark.parametrize("size", BOTH)
CLEAR = "ctrl+u"
KEY = "ssh-ed25519 " + b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(range(32))).decode()


def walk(world: World, *keys: str) -> str:
    """The screen after the first user was made, and some keys more."""
    return walk_in((WIDE,), world, *keys)[0]


def walk_in(sizes: Sequence[Size], world: World, *keys: str) -> list[str]:
    """The same in windows of some sizes."""
    typed = (*set_up(world), "enter", *GOOD, "enter", *GOOD, "enter", "enter", *keys)
    return enter_in(sizes, world, typed, Call(world.parts, "", 0))[0]


def test_place_and_time_follow_the_administrator(world: World) -> None:
    for picture in walk_in(BOTH, world):
        assert "▶ 3 Place and time" in picture
        assert "busmeister-00000161" in picture
        assert "06:00, 21.11.2026 now" in picture


def test_what_is_typed_holds_and_the_line_of_the_meters_is_asked_for(world: World) -> None:
    picture = walk(world, CLEAR, *"boiler-room", "enter", *"Cellar 3", "enter", CLEAR, *"Europe/Zurich", "enter")
    assert "▶ 4 Meters" in picture
    assert world.settings.identity.name == "boiler-room"
    assert world.settings.identity.location == "Cellar 3"
    assert world.settings.time.zone.name == "Europe/Zurich"


def test_line_of_the_meters_holds_and_leads_to_them(world: World) -> None:
    picture = walk(world, "enter", "enter", "enter", *"simulated://apartment-block", "enter")
    assert world.settings.segment["main"].url == "simulated://apartment-block"
    assert "2 Meters" in picture
    assert "▶ 4 Meters" not in picture


def test_wrong_zone_says_what_is_allowed_and_keeps_everything_out(world: World) -> None:
    picture = walk(world, "enter", *"Cellar", "enter", CLEAR, *"Mars", "enter")
    assert "▶ 3 Place and time" in picture
    assert "time.zone takes host or an IANA name" in picture
    assert world.settings.identity.location == ""


def test_last_line_says_that_esc_leaves_the_rest_for_later(world: World) -> None:
    for picture in walk_in(BOTH, world):
        last = picture.splitlines()[-1]
        assert "esc the rest later" in last
        assert "password" not in last


def test_esc_leaves_the_rest_for_later(world: World) -> None:
    picture = walk(world, "escape")
    assert "1 Overview" in picture
    assert "3 Place" not in picture


def test_entrance_shows_the_fingerprint_of_the_host_key(world: World) -> None:
    set_up(world)
    assert all(host_fingerprint(world.parts.data_folder) in picture for picture in enter_in(BOTH, world, ())[0])
    world.parts.doorkeeper.setup(world.parts.doorkeeper.setup_code, GOOD, door="local", source="test")
    assert all(host_fingerprint(world.parts.data_folder) in picture for picture in enter_in(BOTH, world, ())[0])


def administrator(world: World) -> Call:
    """Made by a terminal without these screens."""
    set_up(world)
    world.parts.doorkeeper.setup(world.parts.doorkeeper.setup_code, GOOD, door="ssh", source="test")
    return Call(world.parts, "admin", 3, "ssh")


def test_administrator_made_over_ssh_is_led_to_place_and_time(world: World) -> None:
    call = administrator(world)
    assert "▶ 3 Place and time" not in enter(world, (), (140, 45), call)[0]
    world.settings.unset(["time.zone"], "test")
    assert "▶ 3 Place and time" in enter(world, (), (140, 45), call)[0]
    assert "First start" in enter(world, ("escape",), (140, 45), call)[0]


def test_terminal_of_the_device_shows_the_code_and_what_it_is_for(world: World) -> None:
    code = set_up(world)
    for picture in enter_in(BOTH, world, (), world.call)[0]:
        assert f"Set-up code {code}" in picture
        assert "nobody gets in from elsewhere" in picture
    assert all(code in picture for picture in enter_in(BOTH, world, ("enter",), world.call)[0])


@pytest.mark.parametrize(("door", "level"), [("ssh", 3), ("console", 3), ("local", 2)])
def test_nobody_else_sees_the_code(world: World, door: str, level: int) -> None:
    code = set_up(world)
    for keys in ((), ("enter",)):
        assert code not in enter(world, keys, call=Call(world.parts, "anna", level, door))[0]
    assert code not in enter(world, (), call=Call(world.parts, "", 0, "local"))[0]


def test_code_of_the_device_need_not_be_copied_at_its_terminal(world: World) -> None:
    set_up(world)
    enter(world, ("enter", *GOOD, "enter", *GOOD, "enter", "enter"), call=world.call)
    assert world.parts.doorkeeper.is_set_up


@SIZES
def test_key_of_the_administrator_is_kept_with_the_account(world: World, size: tuple[int, int]) -> None:
    code = set_up(world)
    picture = enter(world, (*code, "enter", *GOOD, "enter", *GOOD, "enter", *KEY, "enter"), size)[0]
    assert "▶ 3 Place and time" in picture
    assert [key.text for key in world.parts.doorkeeper.users.get("admin").keys] == [KEY]


def test_half_a_key_is_refused_before_anybody_is_made(world: World) -> None:
    code = set_up(world)
    picture = enter(world, (*code, "enter", *GOOD, "enter", *GOOD, "enter", *KEY[:40], "enter"))[0]
    assert "This public key is not whole" in picture
    assert not world.parts.doorkeeper.is_set_up


def test_what_was_found_by_itself_is_listed(world: World) -> None:
    set_up(world)
    for picture in enter_in(BOTH, world, ())[0]:
        assert "Found already" in picture
        assert "no line yet: add it in step 4" in picture
