"""What a gesture does, and what is then said about it."""

from __future__ import annotations

from appliance.operations.parts import Parts
from appliance.services.front_panel.buttons import Gesture
from appliance.services.front_panel.face import Face
from appliance.services.front_panel.hands import ORDERS, Hands
from appliance.services.front_panel.network_setup import NetworkSetup
from appliance.services.front_panel.touches import Made
from appliance.services.front_panel.watch import Sight


class Deeds:
    """From gestures to orders, pages and network set-up."""

    def __init__(self, parts: Parts, hands: Hands, face: Face, network: NetworkSetup) -> None:
        self._parts = parts
        self._hands = hands
        self._face = face
        self._network = network

    def do(self, made: Made, sight: Sight, now: float) -> None:
        """Do it, and write down what came of it."""
        editing = self._network.editor is not None and made.gesture is not Gesture.RESTART
        outcome = self._edit(made.gesture, now) if editing else self._order(made.gesture, sight, now)
        self._hands.note(made.button, made.seconds, outcome)

    def _edit(self, gesture: Gesture, now: float) -> str:
        if gesture not in (Gesture.RED_SHORT, Gesture.BLUE_SHORT, Gesture.NETWORK):
            return "nothing: network set-up"
        done = self._network.take(gesture, now)
        return self._face.say(done, now) if done else "network set-up"

    def _order(self, gesture: Gesture, sight: Sight, now: float) -> str:
        self._network.leave()
        if gesture in ORDERS:
            return self._face.say(self._hands.order(*ORDERS[gesture]), now)
        if gesture is Gesture.RESET:
            return self._face.say(self._reset(), now)
        if gesture is Gesture.NETWORK:
            refusal = self._network.begin(sight.link, now)
            return self._face.say(refusal, now) if refusal else "network set-up"
        if gesture is Gesture.BLUE_SHORT and sight.facts.lent is not None:
            return self._face.say(self._hands.order("bus return", {}, "the bus is back"), now)
        self._face.hush()
        self._face.turn(now)
        return "next page"

    def _reset(self) -> str:
        if not self._parts.settings.panel.buttons.factory_reset:
            return "err: factory reset by the button is switched off"
        return self._hands.order("factory reset", {"confirm": self._parts.serial}, "factory reset")
