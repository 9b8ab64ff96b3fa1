"""What prompt_toolkit draws, sent over a stream."""

from __future__ import annotations

from typing import TextIO, cast

from prompt_toolkit.data_structures import Size as Cells
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from console.editor.outlet import octets_of
from console.editor.stream import Stream

PLAIN_TERMINALS = ("", "dumb", "unknown", "vt52", "vt100", "vt102", "vt220", "network")


class StreamOutput(Vt100_Output):
    """Asks the terminal nothing: one that does not answer would cost seconds at every prompt."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(
            cast("TextIO", _Writer(stream)),
            lambda: Cells(rows=stream.size.rows, columns=stream.size.columns),
            term=stream.terminal or "vt100",
            default_color_depth=ColorDepth.DEPTH_4_BIT if has_colours(stream) else ColorDepth.DEPTH_1_BIT,
            enable_cpr=False,
        )

    def get_rows_below_cursor_position(self) -> int:
        """One is there for sure: prompts are drawn at once, without asking where the cursor is."""
        return 1

    def enable_bracketed_paste(self) -> None:
        """Left off: its end mark may never come."""

    def disable_bracketed_paste(self) -> None:
        """It was never on."""

    def set_title(self, title: str) -> None:
        """The window's title is the person's."""


def has_colours(stream: Stream) -> bool:
    """Whether the terminal shows colours, by its type."""
    return stream.terminal.lower() not in PLAIN_TERMINALS


class _Writer:
    """As much of a text file as the output needs."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        self._stream.write(octets_of(text))

    def flush(self) -> None:
        """Nothing is held back."""
