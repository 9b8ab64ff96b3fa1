"""The panel without its hardware and its thread: touches and time in, what is to be seen and switched out."""

from __future__ import annotations

import math
from typing import Final

from appliance.board import Board
from appliance.operations.call import Call
from appliance.operations.panel_view import HeldView, Page, PanelView
from appliance.operations.parts import Parts
from appliance.operations.registry import Registry
from appliance.ports import Host
from appliance.services.front_panel import pages, view
from appliance.services.front_panel.deeds import Deeds
from appliance.services.front_panel.face import Face
from appliance.services.front_panel.hands import DOOR, Hands
from appliance.services.front_panel.network_setup import NetworkSetup
from appliance.services.front_panel.outputs import Outputs
from appliance.services.front_panel.touches import Fingers, Made, Touch
from appliance.services.front_panel.watch import Health, Watch

LOOK_EVERY: Final = 1.0
HELD_EVERY: Final = 0.1
TEST_STEP: Final = 0.7


class Mechanism:
    """One panel from a start to its end. Not thread-safe."""

    def __init__(
        self,
        parts: Parts,
        registry: Registry,
        board: Board,
        *,
        host: Host,
        health: Health,
        down: frozenset[str],
        at_power_up: bool,
    ) -> None:
        now = parts.clock.monotonic()
        self.board = board
        self.outputs = Outputs(board)
        self.touched_at = now
        self._settings = parts.settings
        self._hands = Hands(registry, Call(parts, DOOR, 3, DOOR, board.name))
        self._watch = Watch(self._hands.device, host, health)
        self._sight = self._watch.blank()
        self._looked_at = -math.inf
        self._fingers = Fingers(board.times, now, down, at_power_up=at_power_up)
        self._face = Face(now)
        self._network = NetworkSetup(parts.settings, self._hands, host)
        self._deeds = Deeds(parts, self._hands, self._face, self._network)

    def expect(self, touch: Touch) -> None:
        """A touch that is still to come."""
        self._fingers.expect(touch)

    def touch(self, touch: Touch, now: float) -> None:
        """A button went down or up; what holding on came to until then counts first."""
        self._do(self._fingers.hold_on(touch.at), now)
        self.touched_at = now
        self._hands.take(touch.call)
        self._do(self._fingers.touch(touch), now)

    def look_soon(self) -> None:
        """Something changed that is shown."""
        self._looked_at = -math.inf

    def meters_changed(self) -> None:
        """Readings came, or the list changed."""
        self._watch.meters_changed()

    def pass_time(self, now: float) -> None:
        """Bring everything up to now."""
        for touch in self._fingers.come_due(now):
            self.touch(touch, now)
        self._do(self._fingers.hold_on(now), now)
        if now >= self._looked_at + LOOK_EVERY:
            self._look(now)
        self.outputs.lights.armed = self._settings.panel.buttons.factory_reset and self._fingers.is_armed(now)
        self._network.pass_time(now)
        self._face.pass_time(now, self._settings.panel.display.page_time.total_seconds())

    def next_moment(self, now: float) -> float:
        """When something changes by itself."""
        parts = (self.outputs.next_moment(now), self._fingers.next_moment(now), self._face.next_moment())
        held = now + HELD_EVERY if self._held(now) is not None else math.inf
        return min(self._looked_at + LOOK_EVERY, *parts, self._network.next_moment(), held)

    def page(self, now: float) -> Page:
        """What the display says."""
        return self._face.choose(self._sight.facts, self._held(now), self._network.editor)

    def turn_page(self, now: float) -> None:
        """The next page."""
        self._face.turn(now)

    def test(self, role: str | None, now: float) -> None:
        """Light one light and fill the display; None: back to what they mean."""
        self.outputs.lights.tested = role
        if role is None:
            self._face.hush()
        else:
            page = pages.message_page("test", "test", role, "#" * pages.COLUMNS, "#" * pages.COLUMNS)
            self._face.show(page, now, 2 * TEST_STEP)

    def view(self, now: float, *, drawn: bool, sentence: str) -> PanelView:
        """All of it at this moment."""
        return PanelView(
            board=self.board.name,
            title=self.board.title,
            drawn=drawn,
            sentence=sentence,
            page=self.page(now),
            pages=view.all_pages(self._sight, self._network.editor),
            lights=self.outputs.lights.view(now),
            buttons=view.buttons(self.board, self._fingers),
            held=self._held(now),
            gestures=view.gestures(self.board),
            relays=view.relays(self.outputs.relays),
            pressed=tuple(self._hands.pressed),
        )

    def _held(self, now: float) -> HeldView | None:
        """What is held and what will come of it; nothing where the buttons are not obeyed."""
        return self._fingers.held(now) if self._settings.panel.buttons.enabled else None

    def _do(self, made: Made | None, now: float) -> None:
        """What a gesture asks for, where the buttons are obeyed."""
        if made is not None and self._settings.panel.buttons.enabled:
            self._deeds.do(made, self._sight, now)

    def _look(self, now: float) -> None:
        """Ask how the appliance is."""
        before, self._sight = self._sight, self._watch.look(self.outputs.relays_on)
        self._looked_at = now
        if self._sight.facts.state != before.facts.state:
            self._face.begin_anew(now)
        self.outputs.obey(self._settings)
        self.outputs.follow(self._sight.signals, self._sight.wrong)
