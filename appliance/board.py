"""A board: which buttons, lights, relays and display a machine has, on which pins, and what they mean.

Profiles are files (`etc/boards/*.toml`, read by `drivers.boards`); the front panel works by roles alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Pattern = tuple[int, ...]
"""Milliseconds on, off, on, off ...; `ON` and `OFF` have no end."""

ON: Pattern = (1, 0)
OFF: Pattern = (0, 1)


@dataclass(frozen=True, slots=True)
class Pin:
    """A line of a chip."""

    line: int
    active_low: bool = False
    pull: str = "none"  # up, down, none


@dataclass(frozen=True, slots=True)
class Shine:
    """What a light does in one state, and what that tells a person."""

    pattern: Pattern
    means: str


@dataclass(frozen=True, slots=True)
class Light:
    """A light: the subject it follows, and how it shines in each state of it."""

    role: str
    title: str
    colour: str
    follows: str
    shines: Mapping[str, Shine]
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button."""

    role: str
    colour: str
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay, by its number."""

    number: int
    pin: Pin | None = None

    @property
    def role(self) -> str:
        """Its name among the pins."""
        return f"relay {self.number}"


@dataclass(frozen=True, slots=True)
class Cutter:
    """What cuts the bus power of a segment while its pin is active: a program that ends leaves the power on."""

    segment: str
    pin: Pin | None = None

    @property
    def role(self) -> str:
        """Its name among the pins."""
        return f"cut {self.segment}"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that buttons are held."""

    short: float = 1.0
    network: float = 5.0
    search: float = 5.0
    restart: float = 10.0
    reset: float = 5.0
    stuck: float = 60.0


@dataclass(frozen=True, slots=True)
class Screen:
    """A display, and the driver it needs."""

    driver: str = "none"
    bus: str = "i2c"
    port: int = 1
    address: int = 0x3C  # on I2C
    device: int = 0  # on SPI
    width: int = 128
    height: int = 64
    colour: bool = False
    rotate: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """All of it."""

    name: str
    title: str
    chip: str = ""  # /dev/gpiochip0; empty: no pins, the panel is drawn only
    buttons: tuple[Button, ...] = ()
    lights: tuple[Light, ...] = ()
    relays: tuple[Relay, ...] = ()
    cutters: tuple[Cutter, ...] = ()
    screen: Screen = field(default_factory=Screen)
    times: Times = field(default_factory=Times)

    def has(self, button: str) -> bool:
        """Whether it has a button of this role."""
        return any(one.role == button for one in self.buttons)


FOLLOWED: Mapping[str, tuple[str, ...]] = {
    "bus": ("idle", "read", "scan", "rs", "err"),
    "system": ("booting", "normal", "error"),
    "trouble": ("booting", "normal", "network", "short_circuit"),
    "network": ("none", "traffic", "link"),
    "usb": ("off", "on"),
}
"""What a light may follow, and the states of each."""
