"""Lights: patterns as functions of time, and the tables of both devices as their board files have them."""

from __future__ import annotations

import pytest

from appliance.board import OFF, ON, Pattern
from appliance.services.front_panel.leds import led_state, next_edge, word
from appliance.services.front_panel.lights import Lights
from drivers import boards

T = 50.0


@pytest.mark.parametrize("pattern", [(500, 500), (100, 1900), (100, 100, 100, 700), (1000, 1000)])
def test_pattern_repeats_and_changes_exactly_at_its_edges(pattern: Pattern) -> None:
    moment, lit = 0.0, True
    for part in pattern * 3:
        assert led_state(pattern, moment) is lit
        assert led_state(pattern, moment + part / 1000 - 0.001) is lit
        moment = next_edge(pattern, moment)
        lit = not lit
    assert moment == pytest.approx(sum(pattern) * 3 / 1000)


@pytest.mark.parametrize(("pattern", "lit"), [(ON, True), (OFF, False)])
def test_steady_light_never_changes(pattern: Pattern, lit: bool) -> None:
    assert {led_state(pattern, moment / 7) for moment in range(100)} == {lit}
    assert next_edge(pattern, 3.0) == float("inf")


def shape(pattern: Pattern) -> str:
    """A pattern in the words of the manuals."""
    if word(pattern) != "flashes":
        return word(pattern)
    lit, dark = pattern
    return "half on, half off" if lit == dark else "short flashes"


@pytest.mark.parametrize(
    ("state", "reading", "scan"),
    [
        ("idle", "half on, half off", "off"),
        ("scan", "on", "on"),
        ("read", "on", "off"),
        ("rs", "off", "off"),
        ("err", "off", "off"),  # the manual leaves both open
    ],
)
def test_lights_of_the_center_are_those_of_its_manual(state: str, reading: str, scan: str) -> None:
    shines = [light.shines[state].pattern for light in boards.load("mbus-center").lights]
    assert [shape(pattern) for pattern in shines] == [reading, scan]


def test_reading_light_of_the_center_blinks_each_second() -> None:
    assert boards.load("mbus-center").lights[0].shines["idle"].pattern == (1000, 1000)


@pytest.mark.parametrize(
    ("light", "state", "shown"),
    [
        ("green", "normal", "short flashes"),
        ("green", "booting", "half on, half off"),
        ("green", "error", "on"),
        ("red", "normal", "off"),
        ("red", "network", "half on, half off"),
        ("red", "booting", "half on, half off"),
        ("red", "short_circuit", "on"),
        ("yellow", "none", "off"),
        ("yellow", "traffic", "short flashes"),
        ("yellow", "link", "on"),
        ("blue", "off", "off"),
        ("blue", "on", "on"),
    ],
)
def test_lights_of_the_cme_are_those_of_its_manual(light: str, state: str, shown: str) -> None:
    found = next(one for one in boards.load("cme3100").lights if one.role == light)
    assert shape(found.shines[state].pattern) == shown


@pytest.mark.parametrize("name", boards.names())
def test_light_of_one_kind_shines_alike_on_every_board(name: str) -> None:
    model = {one.role: one.shines for board in ("mbus-center", "cme3100") for one in boards.load(board).lights}
    for light in boards.load(name).lights:
        patterns = {state: shine.pattern for state, shine in light.shines.items()}
        assert patterns == {state: shine.pattern for state, shine in model[light.role].items()}


def test_pattern_begins_anew_when_the_state_changes() -> None:
    states = {"system": "booting", "trouble": "booting", "network": "none", "usb": "on"}
    lights = Lights(boards.load("cme3100"))
    lights.follow(states, T)
    assert lights.lit(T + 0.6)["green"] is False
    lights.follow(states | {"system": "normal"}, T + 0.6)
    assert lights.lit(T + 0.65)["green"] is True
    assert lights.lit(T + 0.75)["green"] is False
    assert lights.next_moment(T + 0.65) == pytest.approx(T + 0.7)


def test_switched_off_lights_are_dark_and_an_armed_reset_flashes_all_the_same() -> None:
    states = {"system": "error", "trouble": "normal", "network": "link", "usb": "on"}
    lights = Lights(boards.load("cme3100"))
    lights.enabled = False
    lights.follow(states, T)
    assert not any(lights.lit(T).values())
    lights.armed = True
    lights.follow(states, T)
    assert all(lights.lit(T + 0.05).values())
    assert not any(lights.lit(T + 0.15).values())
