"""What a stranger could reach: since when, by whom, and what is not as delivered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.errors import RefusedError
from tests.operations.orders import cells, order
from tests.operations.world import World

GOOD = "seven-green-boilers"


def of(world: World, service: str, column: str) -> object:
    answer = order(world.person(1), "show exposure")
    return dict(zip(cells(answer, "service"), cells(answer, column), strict=True))[service]


def test_port_as_delivered_was_opened_by_nobody(world: World) -> None:
    assert of(world, "console", "since") is None
    assert of(world, "console", "deviations") == "as delivered"


def test_opening_is_told_with_its_hour_and_whoever_ordered_it(world: World) -> None:
    world.clock.advance(hours=2)
    opened = world.clock.now()
    order(world, "service open console allow=10.4.0.0/16 confirm=yes")
    for hour, line in enumerate(("set identity.contact=Anna", "set console.idle_timeout=30"), 1):
        world.clock.advance(hours=hour)
        order(replace(world.call, user="berta"), line)
    assert of(world, "console", "by") == "anna"
    assert of(world, "console", "since") == opened
    assert of(world, "console", "deviations") == "listen=0.0.0.0 allow=10.4.0.0/16"
    assert of(world, "ssh", "since") is None


def test_refused_and_idle_orders_open_nothing(world: World) -> None:
    order(world, "set console.listen=127.0.0.1")
    assert of(world, "console", "by") == ""


def test_closing_it_again_is_the_newer_order(world: World) -> None:
    order(world, "service open ssh listen=10.4.0.1 confirm=yes")
    order(replace(world.call, user="berta"), "service close ssh")
    assert of(world, "ssh", "by") == "berta"


def test_set_up_opened_the_doors_that_others_reach_since(world: World) -> None:
    assert of(world, "ssh", "since") is None
    keeper = world.parts.doorkeeper
    keeper.prepare()
    with pytest.raises(RefusedError):
        keeper.setup("AAAA-BBBB-CCCC-DDDD", GOOD, door="ssh", source="192.0.2.7")
    world.clock.advance(hours=1)
    opened = world.clock.now()
    keeper.setup(keeper.setup_code, GOOD, door="ssh", source="192.0.2.7")
    assert (of(world, "ssh", "since"), of(world, "ssh", "by")) == (opened, "admin")
    assert of(world, "console", "since") is None
    world.clock.advance(hours=1)
    order(world, "set ssh.port=2022")
    assert of(world, "ssh", "by") == "anna"
