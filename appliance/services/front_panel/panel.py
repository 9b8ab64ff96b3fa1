"""The front panel as a service: edges and events in; lights, relays, pictures and orders out.

It sleeps until the next moment at which anything changes by itself: an edge of a light, a mark of a button held, the
end of a message. All it shows is also what the dashboard draws (`view`); what is pressed there is pressed here.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Final

from appliance.board import Board
from appliance.errors import HardwareError, Kind, RefusedError
from appliance.events import BusState, MetersChanged, ReadingStored, RoundProgress, SegmentChanged, SettingsChanged
from appliance.hub import Job
from appliance.hub.jobs import JobChanged
from appliance.log import stream
from appliance.operations.call import Call
from appliance.operations.panel_view import ButtonView, Page, PanelView, RelayState, RelayView
from appliance.operations.parts import Parts
from appliance.operations.registry import Registry
from appliance.ports import Display, Edge, Host, Link, Picture, Pins
from appliance.services.front_panel import pages
from appliance.services.front_panel.buttons import PUSH, Buttons, Gesture, PowerUp
from appliance.services.front_panel.drawing import draw
from appliance.services.front_panel.editing import AddressEditor
from appliance.services.front_panel.facts import FactFinder, conditions
from appliance.services.front_panel.hands import DOOR, ORDERS, Hands, Touch, buttons_of
from appliance.services.front_panel.lights import Lights
from appliance.services.front_panel.relays import RelayLogic, RelayRule

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
FACTS_EVERY: Final = 1.0
MESSAGE_TIME: Final = 6.0
EDITING_TIME: Final = 60.0  # without a press
LONGEST_HOLD: Final = 30.0  # of a drawn button that nobody lets go
HELD_EVERY: Final = 0.1
HELD_SHOWN: Final = 0.5  # a short press shows nothing of its own
TEST_STEP: Final = 0.7
DIMMED: Final = 5  # percent
LAN: Final = "network.lan."
EDITED: Final = ("address", "netmask", "gateway")
GESTURES: Final = {
    "red": (("red, short", "next page, +1"), ("red > {search:g} s", "search for meters, secondary, all speeds")),
    "blue": (("blue, short", "next digit, end of rs"), ("blue {short:g}-{network:g} s", "network set-up")),
    "push": (("push, short", "next page"), ("push at power-up", "factory reset")),
}
Health = Callable[[], str]  # booting, normal, error


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
        self._board = board
        self._pins: Pins = pins
        self._open_display = open_display
        self._display: Display | None = None
        self._host = host
        self._health = health
        self._problem = problem
        self._drawn = not board.chip
        self._hands = Hands(registry, Call(parts, DOOR, 3, DOOR, board.name))
        self._finder = FactFinder(self._hands.device)
        self._lock = threading.RLock()
        self._restart()

    def _restart(self) -> None:
        now = self._now()
        self._buttons = Buttons(self._board.times)
        self._power_up = PowerUp(self._board.times, now, down=False)
        self._lights = Lights(self._board)
        self._relays = {relay.number: RelayLogic() for relay in self._board.relays}
        self._link = Link(False, 0, "")
        self._busy_link = False
        self._facts = pages.Facts(now=self._hands.device.now())
        self._facts_at = -math.inf
        self._down: dict[str, float] = {}
        self._later: list[Touch] = []
        self._editor: AddressEditor | None = None
        self._message: Page | None = None
        self._until = -math.inf  # of the message, or of editing
        self._turn = 0
        self._turned_at = self._touched_at = now
        self._outputs: dict[str, bool] = {}
        self._wrong: frozenset[str] = frozenset()
        self._signals: dict[str, str] = {}
        self._picture: Picture | None = None
        self._page = pages.message_page("start", "busmeister")
        self._brightness: int | None = None

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
            self._restart()
            down = self._take_pins()
            self._buttons = Buttons(self._board.times, down)
            self._power_up = PowerUp(self._board.times, self._now(), down=PUSH in down)
            try:
                self._display = self._open_display()
            except HardwareError as error:
                self._tell(error.sentence)

    def end(self) -> None:
        """Let the hardware go."""
        with self._lock:
            self._pins.close()
            if self._display is not None:
                self._display.close()
                self._display = None

    def handle(self, event: Followed) -> None:
        """Something happened."""
        with self._lock:
            match event:
                case Edge(button, pressed, at):
                    self._touch(button, at, None, pressed=pressed)
                case Touch() if event.at > self._now():
                    self._later.append(event)
                case Touch(button, pressed, at, call):
                    self._touch(button, at, call, pressed=pressed)
                case JobChanged():
                    pass  # the facts of the next second tell
                case RoundProgress() | ReadingStored() | MetersChanged():
                    self._finder.meters_changed()
                case _:
                    self._facts_at = -math.inf

    def tick(self) -> float:
        """Bring everything up to now; seconds until something changes by itself."""
        with self._lock:
            now = self._now()
            self._release_later(now)
            gesture = self._buttons.poll(now)
            if gesture is not None:
                self._act(gesture, "red + blue", now - max(self._down.values(), default=now))
            if now >= self._facts_at + FACTS_EVERY:
                self._look(now)
            self._switch(now)
            self._show(now)
            return max(self._next_moment(now) - self._now(), 0.0)

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

    # ---------------------------------------------------------------- hands

    def _touch(self, button: str, at: float, call: Call | None, *, pressed: bool) -> None:
        if not self._parts.settings.panel.buttons.enabled:
            return
        self._touched_at = self._now()
        self._hands.take(call)
        if pressed:
            self._down.setdefault(button, at)
            self._buttons.press(button, at)
            return
        self._later = [touch for touch in self._later if touch.button != button]
        seconds = at - self._down.pop(button, at)
        gesture = self._power_up.release(at) if button == PUSH else None
        gesture = self._buttons.release(button, at) or gesture
        if gesture is not None:
            self._act(gesture, button, seconds)

    def _release_later(self, now: float) -> None:
        due = [touch for touch in self._later if touch.at <= now]
        self._later = [touch for touch in self._later if touch.at > now]
        for touch in due:
            self._touch(touch.button, touch.at, touch.call, pressed=touch.pressed)

    def _act(self, gesture: Gesture, button: str, seconds: float) -> None:
        outcome = self._edit(gesture) if self._editor is not None else self._order(gesture)
        self._hands.note(button, seconds, outcome)

    def _order(self, gesture: Gesture) -> str:
        if gesture in ORDERS:
            return self._say(self._hands.order(*ORDERS[gesture]))
        if gesture is Gesture.RESET:
            return self._reset()
        if gesture is Gesture.NETWORK:
            return self._begin_editing()
        if gesture is Gesture.BLUE_SHORT and self._facts.lent is not None:
            return self._say(self._hands.order("bus return", {}, "the bus is back"))
        self._message = None
        self.next_page()
        return "next page"

    def _reset(self) -> str:
        if not self._parts.settings.panel.buttons.factory_reset:
            return self._say("err: factory reset by the button is switched off")
        return self._say(self._hands.order("factory reset", {"confirm": self._parts.serial}, "factory reset"))

    def _say(self, sentence: str) -> str:
        self._message = pages.message_page("err" if sentence.startswith("err") else "done", sentence)
        self._until = self._now() + MESSAGE_TIME
        return sentence

    # ---------------------------------------------------------------- network set-up

    def _begin_editing(self) -> str:
        if not self._parts.settings.panel.buttons.network:
            return self._say("err: network set-up at the display is switched off")
        lan = self._parts.settings.network.lan
        present = (lan.address or _address(self._link.address), lan.netmask, lan.gateway)
        fields = [
            (name, value if isinstance(value, IPv4Address) else IPv4Address(0))
            for name, value in zip(EDITED, present, strict=True)
        ]
        self._editor = AddressEditor(fields)
        self._until = self._now() + EDITING_TIME
        return "network set-up"

    def _edit(self, gesture: Gesture) -> str:
        editor = self._editor
        assert editor is not None, "only asked while editing"
        self._until = self._now() + EDITING_TIME
        match gesture:
            case Gesture.RED_SHORT:
                editor.increment()
            case Gesture.BLUE_SHORT:
                editor.next_digit()
            case Gesture.NETWORK:
                editor.next_line()
            case Gesture.RESTART:
                self._editor = None
                return self._order(gesture)
            case _:
                return "nothing: network set-up"
        return self._save(editor) if editor.over else "network set-up"

    def _save(self, editor: AddressEditor) -> str:
        self._editor = None
        if not editor.changed:
            return self._say("nothing changed")
        values = {f"{LAN}{name}": str(address) if int(address) else "" for name, address in editor.addresses.items()}
        values[f"{LAN}mode"] = "static"
        return self._say(self._hands.set(values, "saved; this version does not apply it to the machine"))

    # ---------------------------------------------------------------- what is shown and switched

    def _look(self, now: float) -> None:
        """Ask how the appliance is."""
        link = self._host.link()
        self._busy_link, self._link = link.octets != self._link.octets, link
        on = tuple(number for number, relay in self._relays.items() if relay.on)
        before, self._facts = self._facts.state, self._finder.find(link, on)
        self._facts_at = now
        if self._facts.state != before:
            self._turn, self._turned_at = 0, now
        states = [segment.state for segment in self._parts.engine.status()]
        wrong = conditions(self._facts, states)
        for number, relay in self._relays.items():
            relay.rule = self._rule(number)
            relay.look(wrong, now)
        self._wrong = wrong
        self._lights.enabled = self._parts.settings.panel.leds.enabled
        self._signals = self._states(states)

    def _rule(self, number: int) -> RelayRule:
        relay = self._parts.settings.relay[number]
        return RelayRule(
            enabled=relay.enabled,
            conditions=frozenset(map(str, relay.conditions)),
            inverted=relay.inverted,
            delay=relay.delay.total_seconds(),
            hold=relay.hold.total_seconds(),
        )

    def _states(self, segments: list[BusState]) -> dict[str, str]:
        """What each light follows, now."""
        health, connected = self._health(), self._link.connected
        trouble = "normal" if connected else "network"
        if health == "booting":
            trouble = "booting"
        if BusState.OVERLOAD in segments:
            trouble = "short_circuit"
        link = ("traffic" if self._busy_link else "link") if connected else "none"
        return {"bus": self._facts.state, "system": health, "trouble": trouble, "network": link, "usb": "on"}

    def _switch(self, now: float) -> None:
        for relay in self._relays.values():
            relay.look(self._wrong, now)
        self._lights.armed = self._power_up.armed(now)
        self._lights.follow(self._signals, now)
        wanted = self._lights.lit(now)
        wanted |= {f"relay {number}": relay.on for number, relay in self._relays.items()}
        for role, on in wanted.items():
            if self._outputs.get(role) is not on and not self._drawn:
                self._pins.set(role, on)
            self._outputs[role] = on

    def _show(self, now: float) -> None:
        if now >= self._until:
            if self._editor is not None:
                self._editor = None
                self._hands.note("nobody", EDITING_TIME, "network set-up left without a change")
            self._message = None
        page_time = self._parts.settings.panel.display.page_time.total_seconds()
        if page_time and now >= self._turned_at + page_time:
            self._turn, self._turned_at = self._turn + 1, now
        self._page = self._choose_page(now)
        if self._display is not None:
            self._paint(self._display, now)

    def _choose_page(self, now: float) -> Page:
        held = self._buttons.held(now)
        if held is not None and held.seconds >= HELD_SHOWN:
            return pages.held_page(held)
        if self._editor is not None:
            return pages.editing_page(self._editor)
        if self._message is not None:
            return self._message
        turns = pages.rotation(self._facts)
        return turns[self._turn % len(turns)]

    def _paint(self, display: Display, now: float) -> None:
        screen, settings = self._board.screen, self._parts.settings.panel.display
        picture = draw(self._page, screen.width, screen.height, colour=screen.colour)
        if picture != self._picture:
            display.show(picture)
            self._picture = picture
        dim = settings.dim_after.total_seconds()
        rests = bool(dim) and now >= self._touched_at + dim
        brightness = min(DIMMED, settings.brightness) if rests else settings.brightness
        if brightness != self._brightness:
            display.set_brightness(brightness)
            self._brightness = brightness

    def _next_moment(self, now: float) -> float:
        moments = [self._facts_at + FACTS_EVERY, self._lights.next_moment(now)]
        moments += [relay.next_moment() for relay in self._relays.values()]
        moments += [touch.at for touch in self._later]
        moments += [moment for moment in (self._buttons.next_moment(), self._power_up.next_moment(now)) if moment]
        if self._buttons.held(now) is not None:
            moments.append(now + HELD_EVERY)
        if self._message is not None or self._editor is not None:
            moments.append(self._until)
        return min(moments)

    # ---------------------------------------------------------------- for views, from any thread

    def view(self) -> PanelView:
        """As it is now."""
        with self._lock:
            now = self._now()
            return PanelView(
                board=self._board.name,
                title=self._board.title,
                drawn=self._drawn,
                sentence=self._problem,
                page=self._choose_page(now),
                pages=self._all_pages(),
                lights=self._lights.view(now),
                buttons=tuple(
                    ButtonView(one.role, one.colour, one.role in self._down, one.role in self._buttons.stuck)
                    for one in self._board.buttons
                ),
                held=self._buttons.held(now),
                gestures=self._gestures(),
                relays=tuple(
                    RelayView(number, one.on, one.manual is not None, one.reason)
                    for number, one in self._relays.items()
                ),
                pressed=tuple(self._hands.pressed),
            )

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
            self._turn, self._turned_at = self._turn + 1, self._now()

    def test(self, job: Job | None) -> None:
        """Light every light and the display in turn; returns when that is over."""
        roles = [light.role for light in self._board.lights]
        try:
            for place, role in enumerate(roles):
                if job is not None:
                    job.check()
                    job.report(place, len(roles), role)
                with self._lock:
                    self._lights.tested = role
                    self._message = pages.message_page("test", "test", role, "#" * pages.COLUMNS, "#" * pages.COLUMNS)
                    self._until = self._now() + 2 * TEST_STEP
                time.sleep(TEST_STEP)
        finally:
            with self._lock:
                self._lights.tested = self._message = None

    def set_relay(self, number: int, state: RelayState) -> None:
        """Switch a relay by hand."""
        manual = None if state is RelayState.AUTOMATIC else state is RelayState.ON
        with self._lock:
            self._relay(number).manual = manual

    def reset_relay(self, number: int | None) -> None:
        """Release one that is held, or all."""
        with self._lock:
            for relay in self._relays.values() if number is None else (self._relay(number),):
                relay.reset()

    def _reach(self, button: str, call: Call, at: float, *, pressed: bool) -> None:
        call.need_level(2, "the panel's buttons")
        for role in buttons_of(button):
            if not self._board.has(role):
                raise RefusedError(f"The board {self._board.name} has no {role} button.", Kind.NOT_FOUND)
            self._parts.hub.publish(Touch(role, pressed, at, call))

    def _relay(self, number: int) -> RelayLogic:
        if number not in self._relays:
            raise RefusedError(f"The board {self._board.name} has no relay {number}.", Kind.NOT_FOUND)
        return self._relays[number]

    def _all_pages(self) -> tuple[Page, ...]:
        every = [pages.status_page(_in_state(self._facts, state)) for state in ("idle", "read", "scan", "rs", "err")]
        editor = AddressEditor([("address", _address(self._link.address) or IPv4Address(0))])
        return (*every, pages.editing_page(self._editor or editor), pages.device_page(self._facts))

    def _gestures(self) -> tuple[tuple[str, str], ...]:
        times = self._board.times
        known = {"search": times.search, "short": times.short, "network": times.network}
        every = [(text.format(**known), what) for one in self._board.buttons for text, what in GESTURES[one.role]]
        both = ((f"red + blue > {times.restart:g} s", "restart"),) if self._board.has("blue") else ()
        return (*every, *both)

    def _now(self) -> float:
        return self._parts.clock.monotonic()


def _address(text: str) -> IPv4Address | None:
    return IPv4Address(text) if text else None


def _in_state(facts: pages.Facts, state: str) -> pages.Facts:
    return replace(facts, state=state)
