"""Fingers on the buttons, those of the device and those of the drawing: touches in, gestures out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from appliance.board import Times
from appliance.operations.call import Call
from appliance.operations.panel_view import HeldView
from appliance.services.front_panel.buttons import BLUE, PUSH, RED, Buttons, Gesture, PowerUp


@dataclass(frozen=True, slots=True)
class Touch:
    """A button goes down or up, now or when the clock shows `at`."""

    button: str
    pressed: bool
    at: float
    call: Call | None = None  # who presses at the drawing; None: somebody at the device


@dataclass(frozen=True, slots=True)
class Made:
    """A gesture, by which button, held how long."""

    gesture: Gesture
    button: str
    seconds: float


class Fingers:
    """All fingers on one panel."""

    def __init__(
        self, times: Times, now: float, down: frozenset[str] = frozenset(), *, at_power_up: bool = False
    ) -> None:
        self._buttons = Buttons(times, down)
        self._power_up = PowerUp(times, now, down=at_power_up and PUSH in down)
        self._down: dict[str, float] = {}
        self._later: list[Touch] = []

    @property
    def stuck(self) -> frozenset[str]:
        """Buttons that count for nothing until they are let go."""
        return self._buttons.stuck

    def is_down(self, button: str) -> bool:
        """Whether a finger is on it."""
        return button in self._down

    def is_armed(self, now: float) -> bool:
        """Whether letting the push button go now asks for a factory reset."""
        return self._power_up.armed(now)

    def held(self, now: float) -> HeldView | None:
        """What is down, for the display and the dashboard."""
        return self._buttons.held(now)

    def touch(self, touch: Touch) -> Made | None:
        """A button went down or up."""
        button, at = touch.button, touch.at
        if touch.pressed:
            self._down.setdefault(button, at)
            self._buttons.press(button, at)
            return None
        self._later = [one for one in self._later if one.button != button]
        seconds = at - self._down.pop(button, at)
        asked = self._power_up.release(at) if button == PUSH else None
        gesture = self._buttons.release(button, at) or asked
        return Made(gesture, button, seconds) if gesture else None

    def hold_on(self, now: float) -> Made | None:
        """What comes of not letting go."""
        gesture = self._buttons.poll(now)
        return Made(gesture, f"{RED} + {BLUE}", now - max(self._down.values(), default=now)) if gesture else None

    def expect(self, touch: Touch) -> None:
        """One that is still to come."""
        self._later.append(touch)

    def come_due(self, now: float) -> list[Touch]:
        """Those expected until now, each once."""
        due = [touch for touch in self._later if touch.at <= now]
        self._later = [touch for touch in self._later if touch.at > now]
        return due

    def next_moment(self, now: float) -> float:
        """When time alone changes something."""
        marks = (self._buttons.next_moment(), self._power_up.next_moment(now))
        known = [*(mark for mark in marks if mark is not None), *(touch.at for touch in self._later)]
        return min(known, default=math.inf)


def buttons_of(button: str) -> tuple[str, ...]:
    """The buttons meant by a name of the drawing."""
    return (RED, BLUE) if button == "both" else (button,)
