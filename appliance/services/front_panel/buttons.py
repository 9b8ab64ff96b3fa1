"""What hands do at the buttons: presses and releases with their times in, gestures out.

```text
red    up to 1 s: next page    more than 5 s: search for meters
blue   up to 1 s: next, back   1 s to 5 s: network set-up
red and blue, both down for more than 10 s: restart
push   up to 1 s: next page    down at power-up for 5 s, then released: factory reset
```
One button alone is judged when it is let go, so that nothing has happened yet when the second one joins it. What is
decided here, because the devices' manuals leave it open:

* Exactly 5 s is the longest hold of blue, and not yet a search by red; exactly 10 s is not yet a restart.
* As soon as red and blue are both down, both are spent: time counts from the second one, and letting them go, in
  whatever order, is no gesture of either.
* Restart comes while both are held, once; whoever holds on gets no second one.
* A button that was down when we began, or stays down for a minute, is stuck: it counts for nothing until it is let go,
  and the other buttons work without it.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

from appliance.board import Times
from appliance.operations.panel_view import HeldView

RED: Final = "red"
BLUE: Final = "blue"
PUSH: Final = "push"
PAIR: Final = frozenset((RED, BLUE))


class Gesture(StrEnum):
    """What somebody wants."""

    RED_SHORT = "red, short"
    BLUE_SHORT = "blue, short"
    PUSH_SHORT = "push, short"
    SEARCH = "red held: search for meters"
    NETWORK = "blue held: network set-up"
    RESTART = "red and blue held: restart"
    RESET = "push held at power-up: factory reset"


SHORT: Final = {RED: Gesture.RED_SHORT, BLUE: Gesture.BLUE_SHORT, PUSH: Gesture.PUSH_SHORT}


class Buttons:
    """All buttons of a panel."""

    def __init__(self, times: Times, down: frozenset[str] = frozenset()) -> None:
        self._times = times
        self._down: dict[str, float] = {}
        self._stuck = set(down)
        self._spent: set[str] = set()
        self._both: float | None = None  # since when both are down
        self._fired = False

    @property
    def stuck(self) -> frozenset[str]:
        """Buttons that count for nothing until they are let go."""
        return frozenset(self._stuck)

    def press(self, button: str, at: float) -> None:
        """A button went down."""
        if button in self._down or button in self._stuck:
            return
        self._down[button] = at
        if self._down.keys() >= PAIR:
            self._both, self._fired = at, False
            self._spent |= PAIR

    def release(self, button: str, at: float) -> Gesture | None:
        """A button went up: what that was."""
        self._stuck.discard(button)
        since = self._down.pop(button, None)
        if button in PAIR:
            self._both = None
        if since is None or button in self._spent:
            self._spent.discard(button)
            return None
        return self._judge(button, at - since)

    def poll(self, now: float) -> Gesture | None:
        """What comes of holding on."""
        if self._both is not None and not self._fired and now - self._both > self._times.restart:
            self._fired = True
            return Gesture.RESTART
        for button, since in list(self._down.items()):
            if now - since >= self._times.stuck:
                del self._down[button]
                self._spent.discard(button)
                self._stuck.add(button)
                self._both = None if button in PAIR else self._both
        return None

    def next_moment(self) -> float | None:
        """When to `poll` next."""
        moments = [since + self._times.stuck for since in self._down.values()]
        if self._both is not None and not self._fired:
            moments.append(math.nextafter(self._both + self._times.restart, math.inf))
        return min(moments, default=None)

    def held(self, now: float) -> HeldView | None:
        """What is down, for the display and the dashboard."""
        if self._both is not None:
            seconds = now - self._both
            mark = None if self._fired else self._times.restart
            return HeldView((RED, BLUE), seconds, mark, "restart" if mark else "", "")
        alone = [(button, since) for button, since in self._down.items() if button not in self._spent]
        return self._alone(*alone[0], now) if alone else None

    def _judge(self, button: str, seconds: float) -> Gesture | None:
        if seconds < self._times.short:
            return SHORT.get(button)
        if button == RED and seconds > self._times.search:
            return Gesture.SEARCH
        if button == BLUE and seconds <= self._times.network:
            return Gesture.NETWORK
        return None

    def _alone(self, button: str, since: float, now: float) -> HeldView:
        seconds, times = now - since, self._times
        if button == RED:
            ready = "search for meters" if seconds > times.search else ""
            mark = None if ready else times.search
            return HeldView((RED,), seconds, mark, "" if ready else "search for meters", ready)
        if button == BLUE and seconds < times.short:
            return HeldView((BLUE,), seconds, times.short, "network set-up", "")
        if button == BLUE and seconds <= times.network:
            return HeldView((BLUE,), seconds, times.network, "nothing", "network set-up")
        return HeldView((button,), seconds, None, "", "")


class PowerUp:
    """The push button, if it was down when the appliance began: held long enough and let go, it asks for a reset."""

    def __init__(self, times: Times, began: float, *, down: bool) -> None:
        self._times = times
        self._began = began
        self._waits = down

    def armed(self, now: float) -> bool:
        """Letting go now resets: the lights say so."""
        held = now - self._began
        return self._waits and self._times.reset <= held < self._times.stuck

    def release(self, at: float) -> Gesture | None:
        """The push button went up."""
        asked = self.armed(at)
        self._waits = False
        return Gesture.RESET if asked else None

    def next_moment(self, now: float) -> float | None:
        """When `armed` changes next."""
        moments = (self._began + self._times.reset, self._began + self._times.stuck)
        return min((moment for moment in moments if moment > now), default=None) if self._waits else None
