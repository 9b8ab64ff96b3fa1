"""Who to call."""

from __future__ import annotations

from tests.operations.orders import order
from tests.operations.world import World


def test_help_says_who_to_call_where_somebody_is_named(world: World) -> None:
    assert order(world, "help").lines == ()
    world.settings.set({"identity.contact": "Anna, 044 123 45 67"}, "test")
    assert order(world, "help").lines == ("Who to call: Anna, 044 123 45 67",)
