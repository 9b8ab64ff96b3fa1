"""A panel without hardware: buttons that a test or a person presses, lights and pictures that are remembered."""

from __future__ import annotations

from collections.abc import Callable

from appliance.clock import Clock
from appliance.ports import Edge, Picture


class SimulatedPins:
    """Pins of a board that is only drawn."""

    def __init__(self, clock: Clock, down: frozenset[str] = frozenset()) -> None:
        self.states: dict[str, bool] = {}
        self._clock = clock
        self._down = down
        self._deliver: Callable[[Edge], None] | None = None

    def open(self, deliver: Callable[[Edge], None]) -> frozenset[str]:
        """Deliver edges from now on."""
        self._deliver = deliver
        return self._down

    def press(self, button: str) -> None:
        """A finger on a button."""
        self._edge(button, pressed=True)

    def release(self, button: str) -> None:
        """And off it."""
        self._edge(button, pressed=False)

    def set(self, role: str, on: bool) -> None:
        """Remember it."""
        self.states[role] = on

    def close(self) -> None:
        """Everything dark."""
        self.states = dict.fromkeys(self.states, False)
        self._deliver = None

    def _edge(self, button: str, *, pressed: bool) -> None:
        if self._deliver is not None:
            self._deliver(Edge(button, pressed, self._clock.monotonic()))


class SimulatedDisplay:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.picture: Picture | None = None
        self.shown = 0  # pictures
        self.brightness = 100

    def show(self, picture: Picture) -> None:
        self.picture = picture
        self.shown += 1

    def set_brightness(self, percent: int) -> None:
        self.brightness = percent

    def close(self) -> None:
        self.picture = None
