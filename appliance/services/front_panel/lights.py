"""All lights of a board: what each follows, since when, and whether it is lit now."""

from __future__ import annotations

import math
from collections.abc import Mapping

from appliance.board import OFF, ON, Board, Light, Pattern, Shine
from appliance.operations.panel_view import LightView
from appliance.services.front_panel.leds import FAST, led_state, next_edge, word

DARK = Shine(OFF, "lights are switched off")
ARMED = Shine(FAST, "let the push button go: factory reset")
TESTED = Shine(ON, "test")
WAITS = Shine(OFF, "test")


class Lights:
    """A pattern begins anew when the state of what a light follows changes."""

    def __init__(self, board: Board) -> None:
        self._lights = board.lights
        self._shines: dict[str, tuple[Shine, float]] = {}
        self.enabled = True
        self.armed = False
        self.tested: str | None = None

    def follow(self, states: Mapping[str, str], now: float) -> None:
        """The states of all subjects now."""
        for light in self._lights:
            shine = self._choose(light, states)
            if light.role not in self._shines or self._shines[light.role][0] != shine:
                self._shines[light.role] = (shine, now)

    def lit(self, now: float) -> dict[str, bool]:
        """Which are lit at this instant."""
        return {role: led_state(shine.pattern, now - since) for role, (shine, since) in self._shines.items()}

    def next_moment(self, now: float) -> float:
        """When one changes by itself."""
        edges = (since + next_edge(shine.pattern, now - since) for shine, since in self._shines.values())
        return min(edges, default=math.inf)

    def view(self, now: float) -> tuple[LightView, ...]:
        """All of them, for people."""
        lit = self.lit(now)
        return tuple(self._view(light, *self._shines[light.role], lit[light.role]) for light in self._lights if lit)

    def _view(self, light: Light, shine: Shine, since: float, lit: bool) -> LightView:
        pattern: Pattern = shine.pattern
        return LightView(light.role, light.title, light.colour, lit, word(pattern), shine.means, pattern)

    def _choose(self, light: Light, states: Mapping[str, str]) -> Shine:
        if self.tested is not None:
            return TESTED if self.tested == light.role else WAITS
        if self.armed:
            return ARMED
        return light.shines[states[light.follows]] if self.enabled else DARK
