"""The front panel as a service: edges and events in; lights, relays, pictures and orders out.

It sleeps until the next moment at which anything changes by itself: an edge of a light, a mark of a button held, the
end of a message. All it shows is also what the dashboard draws (`view`); what is pressed there is pressed here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from appliance.board import Board
from appliance.errors import HardwareError, Kind, RefusedError
from appliance.events import MetersChanged, ReadingStored, RoundProgress, SegmentChanged, SettingsChanged
from appliance.hub import Job
from appliance.hub.jobs import JobChanged
from appliance.log import stream
from appliance.operations.call import Call
from appliance.operations.panel_view import PanelView, RelayState
from appliance.operations.parts import Parts
from appliance.operations.registry import Registry
from appliance.ports import Display, Edge, Host, Pins
from appliance.services.front_panel.mechanism import TEST_STEP, Mechanism
from appliance.services.front_panel.painting import Painter
from appliance.services.front_panel.relays import RelayLogic
from appliance.services.front_panel.touches import Touch, buttons_of
from appliance.services.front_panel.watch import Health

log = stream("service.panel")

Followed = Edge | Touch | SegmentChanged | RoundProgress | ReadingStored | MetersChanged | SettingsChanged | JobChanged
FOLLOWED: Final[tuple[type[Followed], ...]] = (
    Edge,
    Touch,
    SegmentChanged,
    RoundProgress,
    ReadingStored,
    MetersChanged,
    SettingsChanged,
    JobChanged,
)
LONGEST_SLEEP: Final = 0.5  # seconds until `stop` is noticed
LONGEST_HOLD: Final = 30.0  # of a drawn button that nobody lets go


class FrontPanel:
    """One panel. `begin`, `handle` and `tick` are what its thread does; tests call them with a clock of their own."""

    name = "panel"

    def __init__(
        self,
        parts: Parts,
        registry: Registry,
        board: Board,
        *,
        pins: Pins,
        open_display: Callable[[], Display | None],
        host: Host,
        health: Health = lambda: "normal",
        problem: str = "",
    ) -> None:
        self._parts = parts
        self._registry = registry
        self._board = board
        self._pins: Pins = pins
        self._open_display = open_display
        self._host = host
        self._health = health
        self._problem = problem
        self._drawn = not board.chip
        self._painter: Painter | None = None
        self._is_power_up = True  # until the panel began once; its thread may end and begin again later
        self._lock = threading.RLock()
        self._mechanism = self._make(frozenset(), at_power_up=False)

    def _make(self, down: frozenset[str], *, at_power_up: bool) -> Mechanism:
        return Mechanism(
            self._parts,
            self._registry,
            self._board,
            host=self._host,
            health=self._health,
            down=down,
            at_power_up=at_power_up,
        )

    # ---------------------------------------------------------------- the thread

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop`."""
        with self._parts.hub.follow(*FOLLOWED) as following:
            self.begin()
            try:
                while not stop.is_set():
                    event = following.get(min(self.tick(), LONGEST_SLEEP))
                    while event is not None:
                        self.handle(event)
                        event = following.get(0.0)
            finally:
                self.end()

    def begin(self) -> None:
        """Take the hardware; without it the panel is drawn only."""
        with self._lock:
            self._mechanism = self._make(self._take_pins(), at_power_up=self._is_power_up)
            self._is_power_up = False
            try:
                display = self._open_display()
            except HardwareError as error:
                self._tell(error.sentence)
            else:
                self._painter = Painter(display, self._board.screen) if display is not None else None

    def end(self) -> None:
        """Let the hardware go."""
        with self._lock:
            self._pins.close()
            if self._painter is not None:
                self._painter.close()
                self._painter = None

    def handle(self, event: Followed) -> None:
        """Something happened."""
        with self._lock:
            match event:
                case Edge(button, pressed, at):
                    self._mechanism.touch(Touch(button, pressed, at), self._now())
                case Touch() if event.at > self._now():
                    self._mechanism.expect(event)
                case Touch():
                    self._mechanism.touch(event, self._now())
                case JobChanged():
                    pass  # the look of the next second tells
                case RoundProgress() | ReadingStored() | MetersChanged():
                    self._mechanism.meters_changed()
                case _:
                    self._mechanism.look_soon()

    def tick(self) -> float:
        """Bring everything up to now; seconds until something changes by itself."""
        with self._lock:
            now = self._now()
            self._mechanism.pass_time(now)
            self._mechanism.outputs.switch(now, None if self._drawn else self._pins)
            if self._painter is not None:
                self._paint(self._painter, now)
            return max(self._mechanism.next_moment(now) - self._now(), 0.0)

    def _paint(self, painter: Painter, now: float) -> None:
        settings = self._parts.settings.panel.display
        dim = settings.dim_after.total_seconds()
        painter.paint(self._mechanism.page(now))
        painter.shine(settings.brightness, rests=bool(dim) and now >= self._mechanism.touched_at + dim)

    def _take_pins(self) -> frozenset[str]:
        try:
            return self._pins.open(self._parts.hub.publish)
        except HardwareError as error:
            self._drawn = True
            self._tell(f"{error.sentence} The panel is drawn only.")
            return frozenset()

    def _tell(self, sentence: str) -> None:
        """What is missing stands beside the board, and in the log."""
        if sentence not in self._problem:
            self._problem = f"{self._problem} {sentence}".strip()
            log.warning("%s", sentence)

    # ---------------------------------------------------------------- for views, from any thread

    def view(self) -> PanelView:
        """As it is now."""
        with self._lock:
            return self._mechanism.view(self._now(), drawn=self._drawn, sentence=self._problem)

    def down(self, button: str, call: Call) -> None:
        """Somebody presses a button of the drawing and holds it; a session that ends meanwhile lets go, too."""
        self.press(button, LONGEST_HOLD, call)

    def up(self, button: str, call: Call) -> None:
        """He lets it go."""
        self._reach(button, call, self._now(), pressed=False)

    def press(self, button: str, seconds: float, call: Call) -> None:
        """Both, so many seconds apart; returns at once."""
        now = self._now()
        self._reach(button, call, now, pressed=True)
        self._reach(button, call, now + seconds, pressed=False)

    def next_page(self) -> None:
        """Show the next page."""
        with self._lock:
            self._mechanism.turn_page(self._now())

    def test(self, job: Job | None) -> None:
        """Light every light and the display in turn; returns when that is over."""
        roles = [light.role for light in self._board.lights]
        try:
            for place, role in enumerate(roles):
                if job is not None:
                    job.check()
                    job.report(place, len(roles), role)
                self._test(role)
                time.sleep(TEST_STEP)
        finally:
            self._test(None)

    def set_relay(self, number: int, state: RelayState) -> None:
        """Switch a relay by hand."""
        manual = None if state is RelayState.AUTOMATIC else state is RelayState.ON
        with self._lock:
            self._relay(number).manual = manual

    def reset_relay(self, number: int | None) -> None:
        """Release one that is held, or all."""
        with self._lock:
            for relay in self._mechanism.outputs.relays.values() if number is None else (self._relay(number),):
                relay.reset()

    def set_power(self, segment: str, on: bool) -> None:
        """Switch the bus power of a segment, where the board can."""
        with self._lock:
            cut = self._mechanism.outputs.cut
            if segment not in cut:
                raise RefusedError(f"The board {self._board.name} cannot switch the power of {segment}.", Kind.REFUSED)
            cut[segment] = not on

    def _test(self, role: str | None) -> None:
        with self._lock:
            self._mechanism.test(role, self._now())

    def _reach(self, button: str, call: Call, at: float, *, pressed: bool) -> None:
        call.need_level(2, "the panel's buttons")
        for role in buttons_of(button):
            if not self._board.has(role):
                raise RefusedError(f"The board {self._board.name} has no {role} button.", Kind.NOT_FOUND)
            self._parts.hub.publish(Touch(role, pressed, at, call))

    def _relay(self, number: int) -> RelayLogic:
        relays = self._mechanism.outputs.relays
        if number not in relays:
            raise RefusedError(f"The board {self._board.name} has no relay {number}.", Kind.NOT_FOUND)
        return relays[number]

    def _now(self) -> float:
        return self._parts.clock.monotonic()
