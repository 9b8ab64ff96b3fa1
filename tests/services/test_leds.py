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


def table(board: str, role: str) -> dict[str, str]:
    light = next(one for one in boards.load(board).lights if one.role == role)
    return {state: word(shine.pattern) for state, shine in light.shines.items()}


def test_lights_of_the_center_follow_its_table() -> None:
    assert table("mbus-center", "reading") == {
        "idle": "flashes",
        "scan": "on",
        "read": "on",
        "rs": "off",
        "err": "off",
    }
    assert table("mbus-center", "scan") == {"idle": "off", "scan": "on", "read": "off", "rs": "off", "err": "off"}
    reading = next(one for one in boards.load("mbus-center").lights if one.role == "reading")
    assert sum(reading.shines["idle"].pattern) == 2000, "on for a second, off for a second"


def test_lights_of_the_cme_follow_its_tables() -> None:
    assert table("cme3100", "green") == {"booting": "flashes", "normal": "flashes", "error": "on"}
    assert table("cme3100", "red") == {
        "booting": "flashes",
        "normal": "off",
        "network": "flashes",
        "short_circuit": "on",
    }
    assert table("cme3100", "yellow") == {"none": "off", "link": "on", "traffic": "flashes"}
    assert table("cme3100", "blue") == {"off": "off", "on": "on"}
    green = next(one for one in boards.load("cme3100").lights if one.role == "green").shines
    assert green["booting"].pattern[0] == green["booting"].pattern[1], "half on, half off"
    assert green["normal"].pattern[0] * 4 < green["normal"].pattern[1], "short flashes"


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
