"""Orders about users: who loses a right is out at once, wherever they are."""

from __future__ import annotations

from functools import partial

import pytest

from tests.operations.orders import order
from tests.operations.world import World


@pytest.fixture
def left(world: World) -> list[str]:
    """Doors that anna, who is in by two, was put out of."""
    doors: list[str] = []
    order(world, "user add owner level=3 password=third-Password-9")
    order(world, "user add anna level=2 password=first-Password-7")
    for door in ("console", "ssh"):
        world.parts.doorkeeper.sessions.open(door, "10.0.0.7", partial(doors.append, door), user="anna")
    return doors


@pytest.mark.parametrize(
    "change",
    [
        "user password anna password=second-Password-8",
        "user set anna level=1",
        "user set anna enabled=off",
        "user set anna doors=http_api",
        "user logout anna confirm=yes",
        "user delete anna confirm=yes",
    ],
)
def test_user_who_loses_a_right_is_out_at_once(world: World, left: list[str], change: str) -> None:
    order(world, change)
    assert left == ["console", "ssh"]


def test_address_of_a_user_changes_nothing_for_their_sessions(world: World, left: list[str]) -> None:
    order(world, "user set anna email=anna@example.org")
    assert left == []
