"""The person's terminal: what it can do, and the stream to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol

ColourSystem = Literal["standard", "256", "truecolor"]
COLOURLESS: Final = ("dumb", "unknown", "vt100", "vt102", "vt220")
LARGEST: Final = (500, 200)  # a client may claim any size; memory is ours
USUAL: Final = (80, 24)


class Size(NamedTuple):
    """Of a window, in cells."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Terminal:
    """What it can do."""

    colours: ColourSystem | None = "truecolor"
    ascii: bool = False


class Link(Protocol):
    """The stream, as the driver sees it."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""

    @property
    def congested(self) -> bool:
        """More is waiting than the other side takes: write nothing now."""

    def write(self, octets: bytes) -> None:
        """Send; harmless when the other side is gone."""


def terminal_of(term: str, colour: str, *, ascii_only: bool = False, no_color: bool = False) -> Terminal:
    """By the client's TERM and COLORTERM."""
    return Terminal(None if no_color else _colours(term, colour), ascii_only)


def bounded(columns: int, rows: int) -> tuple[int, int]:
    """A size that can be drawn; a client that does not know its own gets the usual one."""
    return min(columns or USUAL[0], LARGEST[0]), min(rows or USUAL[1], LARGEST[1])


def _colours(term: str, colour: str) -> ColourSystem | None:
    if colour in ("truecolor", "24bit"):
        return "truecolor"
    if term in COLOURLESS:
        return None
    return "256" if "256" in term or "kitty" in term or "direct" in term else "standard"
