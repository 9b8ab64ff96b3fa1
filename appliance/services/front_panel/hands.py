"""Who presses: somebody at the device, or a person at the drawing of the panel, whose orders are then his own."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.operations.call import Call
from appliance.operations.execute import execute, execute_named, sentence_of
from appliance.operations.line import parse_line
from appliance.operations.panel_view import PressView
from appliance.operations.registry import Registry
from appliance.services.front_panel.buttons import Gesture

KEPT: Final = 20
AT_DEVICE: Final = "at the device"
DOOR: Final = "panel"


ORDERS: Final = {
    Gesture.SEARCH: ("search start", {"addressing": "secondary", "baud_rate": "all"}, "search"),
    Gesture.RESTART: ("restart", {"when": "now"}, "restart"),
}


class Hands:
    """Gives the orders of the buttons, and remembers who pressed what."""

    def __init__(self, registry: Registry, device: Call) -> None:
        self._registry = registry
        self.device = device
        self._call = device
        self.pressed: deque[PressView] = deque(maxlen=KEPT)

    def take(self, call: Call | None) -> None:
        """Whose hand it is from now on."""
        self._call = self.device if call is None else replace(call, door=DOOR)

    @property
    def call(self) -> Call:
        """Who orders."""
        return self._call

    def note(self, button: str, seconds: float, outcome: str) -> None:
        """Write down what was done."""
        who = AT_DEVICE if self._call is self.device else self._call.who
        self.pressed.appendleft(PressView(self.device.now(), f"{button} {seconds:.1f} s", who, outcome))

    def order(self, name: str, values: dict[str, str], short: str) -> str:
        """Do what a gesture means; the sentence for the display."""
        try:
            operation = self._registry.get(name)
        except RefusedError as error:
            if error.kind is Kind.UNKNOWN:
                return f"err: {short} is not in this version"
            raise
        try:
            answer = execute_named(self._call, operation, values, confirmed=True)
        except Exception as error:  # noqa: BLE001  # an order that fails must not put the panel out
            return f"err: {sentence_of(error)}"
        return answer.sentence or short

    def set(self, values: dict[str, str]) -> str:
        """Give settings values, as the console's `set` does; why not, empty where it was done."""
        line = parse_line(" ".join(f"{name}={value}" for name, value in values.items()))
        try:
            execute(self._call, self._registry.get("set"), line.tokens)
        except Exception as error:  # noqa: BLE001  # an order that fails must not put the panel out
            return f"err: {sentence_of(error)}"
        return ""
