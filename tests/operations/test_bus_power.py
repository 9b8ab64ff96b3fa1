"""Bus power is switched where the board can, after saying what that does; nothing is read without it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from appliance.board import Board, Cutter
from appliance.errors import RefusedError
from appliance.operations.asked import YesAsked
from appliance.operations.call import Call
from appliance.operations.panel_view import Panel
from appliance.services.front_panel.outputs import Outputs
from tests.operations.orders import order
from tests.operations.world import World


class Switchboard:
    """A panel that can cut the power of the main segment."""

    def __init__(self) -> None:
        self.switched: list[tuple[str, bool]] = []

    def set_power(self, segment: str, on: bool) -> None:
        if segment != "main":
            raise RefusedError(f"The board mine cannot switch the power of {segment}.")
        self.switched.append((segment, on))


@pytest.fixture
def switchboard() -> Switchboard:
    return Switchboard()


@pytest.fixture
def call(world: World, switchboard: Switchboard) -> Call:
    return replace(world.call, parts=replace(world.parts, panel=cast("Panel[Call]", switchboard)))


def test_power_goes_after_a_yes_and_nothing_is_read_until_it_is_back(
    world: World, call: Call, switchboard: Switchboard
) -> None:
    with pytest.raises(YesAsked, match="Switch it") as asked:
        order(call, "bus power main off")
    assert "0 meters of main lose their power" in asked.value.question
    assert switchboard.switched == []
    order(call, "bus power main off confirm=yes")
    assert (switchboard.switched, list(world.engine.paused)) == ([("main", False)], ["main"])
    order(call, "bus power main on confirm=yes")
    assert (switchboard.switched[-1], world.engine.paused) == (("main", True), {})


def test_bus_goes_on_where_the_board_cannot_switch_it(world: World, call: Call) -> None:
    order(call, "segment add second serial:///dev/ttyUSB7")
    with pytest.raises(RefusedError, match="cannot switch the power of second"):
        order(call, "bus power second off confirm=yes")
    assert world.engine.paused == {}
    with pytest.raises(RefusedError, match="There is no segment third"):
        order(call, "bus power third off confirm=yes")


def test_pin_is_active_while_the_power_is_cut() -> None:
    class Pins:
        def __init__(self) -> None:
            self.levels: dict[str, bool] = {}

        def open(self, deliver: object) -> frozenset[str]:
            return frozenset()

        def set(self, role: str, on: bool) -> None:
            self.levels[role] = on

        def close(self) -> None: ...

    outputs, pins = Outputs(Board("mine", "mine", cutters=(Cutter("main"),))), Pins()
    outputs.switch(0.0, pins)
    assert pins.levels["cut main"] is False
    outputs.cut["main"] = True
    outputs.switch(1.0, pins)
    assert pins.levels["cut main"] is True
