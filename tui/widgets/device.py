"""The drawn device as something to press: mouse down is pressed, mouse up is released."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual import events
from textual.message import Message

from tui.draw import Piece
from tui.widgets.lines import Lines

BUTTON: Final = "button/"  # address of a piece that is part of a button


class Device(Lines):
    """Tells which button is pressed; while one is, the mouse belongs to it, wherever it goes."""

    @dataclass
    class Pressed(Message):
        """The mouse went down on a button."""

        button: str

    class Released(Message):
        """The mouse came up again."""

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """On a button: it is held from now on."""
        place = str(event.style.meta.get("to", ""))
        if place.startswith(BUTTON):
            event.stop()
            self.capture_mouse()
            self.post_message(self.Pressed(place.removeprefix(BUTTON)))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Wherever that is: the button is let go."""
        if self.app.mouse_captured is self:
            event.stop()
            self.release_mouse()
            self.post_message(self.Released())

    def on_click(self, event: events.Click) -> None:
        """A button leads nowhere."""
        event.prevent_default()


def part_of(button: str, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Cells by which a button is pressed."""
    return tuple(piece._replace(to=f"{BUTTON}{button}") for piece in pieces)
