"""Lights and relays at their pins: what each follows in, a change of a pin out."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.board import Board
from appliance.ports import Pins
from appliance.services.front_panel.lights import Lights
from appliance.services.front_panel.relays import RelayLogic, RelayRule
from appliance.settings import Settings


class Outputs:
    """Everything a board switches."""

    def __init__(self, board: Board) -> None:
        self.lights = Lights(board)
        self.relays = {relay.number: RelayLogic() for relay in board.relays}
        self.cut = {cutter.segment: False for cutter in board.cutters}
        self._signals: Mapping[str, str] = {}
        self._wrong: frozenset[str] = frozenset()
        self._set: dict[str, bool] = {}

    @property
    def relays_on(self) -> tuple[int, ...]:
        """Numbers of the relays that are switched."""
        return tuple(number for number, relay in self.relays.items() if relay.on)

    def obey(self, settings: Settings) -> None:
        """The settings of lights and relays as they are now."""
        self.lights.enabled = settings.panel.leds.enabled
        for number, relay in self.relays.items():
            relay.rule = _rule(settings, number)

    def follow(self, signals: Mapping[str, str], wrong: frozenset[str]) -> None:
        """The state of each subject a light follows, and what is wrong in the words relays know."""
        self._signals, self._wrong = signals, wrong

    def switch(self, now: float, pins: Pins | None) -> None:
        """Everything as it is to be at this instant; a panel that is drawn only has no pins."""
        for relay in self.relays.values():
            relay.look(self._wrong, now)
        self.lights.follow(self._signals, now)
        wanted = self.lights.lit(now) | {f"relay {number}": relay.on for number, relay in self.relays.items()}
        wanted |= {f"cut {segment}": cut for segment, cut in self.cut.items()}
        for role, on in wanted.items():
            if pins is not None and self._set.get(role) is not on:
                pins.set(role, on)
            self._set[role] = on

    def next_moment(self, now: float) -> float:
        """When one changes by itself."""
        return min([self.lights.next_moment(now), *(relay.next_moment() for relay in self.relays.values())])


def _rule(settings: Settings, number: int) -> RelayRule:
    relay = settings.relay[number]
    return RelayRule(
        enabled=relay.enabled,
        conditions=frozenset(map(str, relay.conditions)),
        inverted=relay.inverted,
        delay=relay.delay.total_seconds(),
        hold=relay.hold.total_seconds(),
    )
