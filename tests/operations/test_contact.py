"""Who to call."""

from __future__ import annotations

import pytest

from appliance.errors import SettingError
from tests.operations.orders import order
from tests.operations.world import World


def test_help_says_who_to_call_where_somebody_is_named(world: World) -> None:
    assert order(world, "help").lines == ()
    world.settings.set({"identity.contact": "Anna, 044 123 45 67"}, "test")
    assert order(world, "help").lines == ("Who to call: Anna, 044 123 45 67",)


def test_help_lists_the_links_of_the_support(world: World) -> None:
    shop = {"identity.support.1.name": "Meter shop", "identity.support.1.url": "https://example.com/meters"}
    world.settings.set(shop | {"identity.support.8.url": "mailto:help@example.com"}, "test")
    assert order(world, "help").lines == ("Meter shop https://example.com/meters", "mailto:help@example.com")
    assert order(world, "help meter").lines == ()


def test_support_link_takes_no_script(world: World) -> None:
    with pytest.raises(SettingError, match="begins with https:, http: or mailto:"):
        world.settings.set({"identity.support.1.url": "javascript:alert(1)"}, "test")
