"""Colours: meaning that can be read on every terminal."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual.color import Color

from appliance.security.books import User
from tests.operations.world import World
from tests.tui.keyboard import settle
from tests.tui.picture import seen
from tui.app import Dashboard
from tui.feed import Feed
from tui.terminal import ColourSystem, Terminal, terminal_of
from tui.theme import DARK, LIGHT, theme_for
from tui.words import to_ascii

TEXTS = ("foreground", "ok", "flag", "silent", "never", "grey", "accent")


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["background", "cursor"])
def test_every_text_stands_out_from_its_ground(colours: dict[str, str], ground: str) -> None:
    for word in TEXTS:
        assert _contrast(colours[word], colours[ground]) >= 4.5, word


def test_colours_that_a_user_chose_win_over_those_of_all(world: World) -> None:
    world.parts.doorkeeper.users.add(User(name="anna", level=3, password="", theme="light"))
    world.settings.set({"dashboard.theme": "contrast"}, "test")
    seen = [
        Dashboard(Feed(world.parts), replace(world.call, user=who), terminal=Terminal("truecolor")).theme
        for who in ("anna", "bert")
    ]
    assert seen == [theme_for("light", "truecolor"), theme_for("contrast", "truecolor")]
    assert seen[0] != seen[1]


@pytest.mark.parametrize("look", ["dark", "light", "contrast", "plain"])
@pytest.mark.parametrize("colours", ["truecolor", "256", "standard", None])
def test_every_theme_can_be_drawn_on_every_terminal(world: World, look: str, colours: ColourSystem | None) -> None:
    world.settings.set({"dashboard.theme": look}, "test")
    app = Dashboard(Feed(world.parts), world.call, terminal=Terminal(colours))

    async def look_at_it() -> list[str]:
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            return seen(app)

    assert "busmeister" in asyncio.run(look_at_it())[0]


def test_terminal_without_the_glyphs_gets_ascii(world: World) -> None:
    app = Dashboard(Feed(world.parts), world.call, terminal=Terminal("256", ascii=True))

    async def look_at_it() -> list[str]:
        async with app.run_test(size=(140, 45)) as pilot:
            await settle(pilot)
            return seen(app)

    assert "\n".join(asyncio.run(look_at_it())).replace("·", "").isascii()


@pytest.mark.parametrize(
    ("term", "colour", "expected"),
    [
        ("xterm-256color", "truecolor", "truecolor"),
        ("xterm-256color", "", "256"),
        ("linux", "", "standard"),
        ("xterm", "", "standard"),
        ("dumb", "", None),
        ("vt220", "", None),
    ],
)
def test_colours_follow_the_persons_terminal_and_not_the_appliances(term: str, colour: str, expected: str) -> None:
    assert terminal_of(term, colour).colours == expected


def _contrast(text: str, ground: str) -> float:
    light, dark = sorted((_luminance(text), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in Color.parse(colour).rgb]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_powers_and_degrees_have_signs_in_plain_ascii() -> None:
    assert to_ascii("412307 × 10⁻³ m³ · 58.31 °C") == "412307 x 10-3 m3 . 58.31 'C"
