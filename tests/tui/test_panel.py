"""The drawn device: what keys and mouse do at its buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from appliance.operations.all import registry
from appliance.services.front_panel.panel import FOLLOWED, FrontPanel
from drivers import boards
from drivers.host.machine import HostMachine
from drivers.simulated.panel import SimulatedPins
from tests.operations.world import World
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import seen
from tui.app import Dashboard
from tui.feed import Feed
from tui.widgets.device import BUTTON, Device

SIZES = pytest.mark.parametrize("size", [(140, 45), (80, 24)])
Step = Callable[["Hands"], Awaitable[None]]


class Hands:
    """Somebody before the drawing, with time standing until it is told."""

    def __init__(self, world: World, level: int = 3) -> None:
        self.world = world
        self.panel = FrontPanel(
            world.parts,
            registry(),
            boards.load("mbus-center"),
            pins=SimulatedPins(world.clock),
            open_display=lambda: None,
            host=HostMachine(),
        )
        self.following = world.hub.follow(*FOLLOWED)
        self.panel.begin()
        self.panel.tick()
        parts = replace(world.parts, panel=self.panel)
        self.app = Dashboard(Feed(parts), replace(world.call, parts=parts, level=level))
        self.pilot: Pilot[None]

    def look(self, *steps: Step, size: tuple[int, int] = (140, 45)) -> str:
        """The screen after some steps."""

        async def run() -> list[str]:
            async with self.app.run_test(size=size) as self.pilot:
                await self.press("8")
                for step in steps:
                    await step(self)
                    await self.settle()
                return seen(self.app)

        return "\n".join(asyncio.run(run()))

    async def press(self, *keys: str) -> None:
        for key in keys:
            await type_keys(self.pilot, (key,))
            await self.settle()

    async def settle(self) -> None:
        """Let the panel take in what was pressed, and the screen show it."""
        await settle(self.pilot)
        while (event := self.following.get(0)) is not None:
            self.panel.handle(event)
        self.panel.tick()
        if self.app.page is not None:
            self.app.page.reload()
        await settle(self.pilot)

    def place(self, button: str) -> tuple[int, int]:
        """Where a button is drawn."""
        device = self.app.screen.query_one(Device)
        for y, line in enumerate(device.lines):
            x = 0
            for piece in line:
                if piece.to == f"{BUTTON}{button}" and button in piece.text:
                    return x + 1, y
                x += len(piece.text)
        raise AssertionError(f"no {button} button is drawn")

    @property
    def presses(self) -> list[str]:
        return [f"{one.what} {one.who}" for one in self.panel.view().pressed]


@pytest.fixture
def hands(world: World) -> Hands:
    return Hands(world)


def keys(*names: str) -> Step:
    return lambda hands: hands.press(*names)


def wait(seconds: float) -> Step:
    async def later(hands: Hands) -> None:
        hands.world.clock.advance(seconds=seconds)

    return later


def mouse_down(button: str) -> Step:
    async def down(hands: Hands) -> None:
        await hands.pilot.mouse_down(Device, offset=hands.place(button))

    return down


def mouse_up(button: str = "", *, offset: tuple[int, int] = (0, 0)) -> Step:
    async def up(hands: Hands) -> None:
        await hands.pilot.mouse_up(Device, offset=hands.place(button) if button else offset)

    return up


@SIZES
def test_device_is_drawn_with_display_lights_and_buttons(hands: Hands, size: tuple[int, int]) -> None:
    picture = hands.look(size=size)
    for words in ("board: mbus-center", "What the buttons do", "Reading", "│   red   │", "r press", "R hold", "x both"):
        assert words in picture


def test_mouse_holds_a_button_from_down_to_up(hands: Hands) -> None:
    picture = hands.look(mouse_down("red"), wait(3.1))
    assert "3.1 s" in picture
    assert "at 5 s: " in picture


def test_button_held_by_the_mouse_for_five_seconds_does_what_holding_does(hands: Hands) -> None:
    hands.look(mouse_down("red"), wait(5.5), mouse_up("red"))
    assert hands.presses == ["red 5.5 s anna"]


def test_button_is_let_go_wherever_the_mouse_comes_up(hands: Hands) -> None:
    assert " nothing" in hands.look(mouse_down("blue"), wait(0.4), mouse_up())
    assert hands.presses == ["blue 0.4 s anna"]


def test_keys_hold_a_button_until_pressed_again(hands: Hands) -> None:
    hands.look(keys("R"), wait(5.5), keys("R"))
    assert hands.presses == ["red 5.5 s anna"]


def test_leaving_the_screen_lets_the_button_go(hands: Hands) -> None:
    hands.look(keys("B"), wait(0.5), keys("1"))
    assert hands.presses == ["blue 0.5 s anna"]


def test_holding_both_asks_because_it_restarts(hands: Hands) -> None:
    assert "Holding red and blue restarts the appliance." in hands.look(keys("x"))
    assert hands.panel.view().held is None


def test_both_are_held_after_a_yes(hands: Hands) -> None:
    hands.look(keys("x", "y"), wait(1.0))
    held = hands.panel.view().held
    assert held is not None
    assert set(held.buttons) == {"red", "blue"}


def test_mouse_of_a_visitor_presses_nothing(world: World) -> None:
    hands = Hands(world, level=1)
    hands.look(mouse_down("red"), wait(1.0), mouse_up("red"))
    assert hands.presses == []


def test_appliance_without_a_panel_says_how_to_get_one(world: World, dashboard: Dashboard) -> None:
    async def look() -> list[str]:
        async with dashboard.run_test(size=(140, 45)) as pilot:
            await type_keys(pilot, ("8",))
            return seen(dashboard)

    assert "k chooses a board" in "\n".join(asyncio.run(look()))
