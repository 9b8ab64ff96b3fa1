"""What the console needs of the connection that carries it. Used on the UI loop only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

COLUMNS_LIMITS: Final = (20, 1000)
ROWS_LIMITS: Final = (4, 500)


class Size(NamedTuple):
    """Of a window, in cells."""

    columns: int = 80
    rows: int = 24

    @classmethod
    def sound(cls, columns: int, rows: int) -> Size:
        """What a client says, within what can be drawn; nothing said is 80 by 24."""
        return cls(
            min(max(columns or 80, COLUMNS_LIMITS[0]), COLUMNS_LIMITS[1]),
            min(max(rows or 24, ROWS_LIMITS[0]), ROWS_LIMITS[1]),
        )


class Stream(Protocol):
    """A person or a script at the other end of a door."""

    @property
    def is_terminal(self) -> bool:
        """Whether a terminal is there; a pipe gets plain answers and no prompt."""

    @property
    def terminal(self) -> str:
        """Its type, such as `xterm-256color`; empty where it is not known."""

    @property
    def size(self) -> Size:
        """Of its window now."""

    @property
    def order(self) -> str:
        """The only line, where it came with the connection; empty where lines are typed."""

    def on_resize(self, callback: Callable[[], None]) -> None:
        """Call this whenever the window has another size."""

    async def read(self) -> bytes:
        """The next octets typed; empty at the end."""

    def write(self, octets: bytes) -> None:
        """Send octets; never waits. Nothing happens once the other side is gone."""

    async def drain(self) -> None:
        """Wait until the other side has taken most of what was written, or is gone."""

    def fail(self) -> None:
        """A line of a pipe, or the only one, ended in ERROR: to be told by the exit status, where the door has one."""

    def close(self) -> None:
        """Hang up."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a person may be silent, in seconds; None is for ever."""

    idle: float | None = None
    before_login: float | None = None
