"""The front panel as views see it, and what they may do to it; the service behind it is handed in by the root."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from appliance.hub import Job

Orderer = TypeVar("Orderer", contravariant=True)


@dataclass(frozen=True, slots=True)
class Page:
    """Four lines of the display, and the place of the highlighted sign."""

    name: str  # idle, read, scan, rs, err, network, device ...
    lines: tuple[str, ...]
    highlight: tuple[int, int] | None = None  # row, column


@dataclass(frozen=True, slots=True)
class LightView:
    """A light as it is now."""

    role: str
    title: str
    colour: str
    lit: bool  # at this instant
    word: str  # on, off, flashes
    means: str
    pattern: tuple[int, ...]  # milliseconds on, off, on, off ...


@dataclass(frozen=True, slots=True)
class ButtonView:
    """A button as it is now."""

    role: str
    colour: str
    pressed: bool
    stuck: bool


@dataclass(frozen=True, slots=True)
class HeldView:
    """What is held now, when that changes its meaning, and what letting go does."""

    buttons: tuple[str, ...]
    seconds: float
    mark: float | None  # seconds at which something changes
    at_mark: str  # what then
    on_release: str  # what letting go now does; empty: nothing


@dataclass(frozen=True, slots=True)
class RelayView:
    """A relay as it is now."""

    number: int
    on: bool
    manual: bool
    reason: str


@dataclass(frozen=True, slots=True)
class PressView:
    """What was done at the buttons."""

    at: datetime
    what: str  # "red 5.4 s"
    who: str  # "at the device", "anna"
    outcome: str


@dataclass(frozen=True, slots=True)
class PanelView:
    """The whole panel at one moment."""

    board: str
    title: str
    drawn: bool  # no hardware: what is pressed here is all there is
    sentence: str  # why it is drawn only, or what is wrong
    page: Page
    pages: tuple[Page, ...]  # every page there is, with what it would say now
    lights: tuple[LightView, ...]
    buttons: tuple[ButtonView, ...]
    held: HeldView | None
    gestures: tuple[tuple[str, str], ...]  # "red > 5 s", "search for meters"
    relays: tuple[RelayView, ...]
    pressed: tuple[PressView, ...]  # newest first


class RelayState(StrEnum):
    """How a relay is switched."""

    ON = "on"
    OFF = "off"
    AUTOMATIC = "automatic"


class Panel(Protocol[Orderer]):
    """The front panel service, from any thread. What is pressed is done as an order of somebody: of a `Call`."""

    def view(self) -> PanelView:
        """As it is now."""

    def down(self, button: str, call: Orderer) -> None:
        """Somebody presses a button of the drawing and holds it; what comes of it is his order. Raises `RefusedError`.

        `button` is red, blue, push or both.
        """

    def up(self, button: str, call: Orderer) -> None:
        """He lets it go."""

    def press(self, button: str, seconds: float, call: Orderer) -> None:
        """Both, so many seconds apart; returns at once."""

    def next_page(self) -> None:
        """Show the next page."""

    def test(self, job: Job | None) -> None:
        """Light every light and the display in turn; returns when that is over."""

    def set_relay(self, number: int, state: RelayState) -> None:
        """Switch a relay by hand. Raises `RefusedError`."""

    def set_power(self, segment: str, on: bool) -> None:
        """Switch the bus power of a segment. Raises `RefusedError` where the board cannot."""

    def reset_relay(self, number: int | None) -> None:
        """Release one that is held, or all."""
