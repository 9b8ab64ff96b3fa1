"""A table whose rows are fields: keys edit the one under the cursor in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.text import _
from tui.widgets.table import Table

LONGEST: int = 4000  # characters of a value; what is pasted beyond is left out


class Fields(Table):
    """`enter` begins to edit and ends it, `esc` undoes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "edit", _("edit"), id="fields.edit")]

    @dataclass
    class Begun(Message):
        """Somebody wants to edit this field; who hears it says with what text by `begin`."""

        name: str

    @dataclass
    class Typed(Message):
        """The text is another now."""

        name: str
        text: str

    @dataclass
    class Undone(Message):
        """As it was before."""

        name: str

    def __init__(self, **named: Any) -> None:  # noqa: ANN401  # Textual's own: id, classes
        super().__init__(head=False, **named)
        self.editing = ""  # name of the field
        self.text = ""
        self.place = 0  # of the next character

    def begin(self, name: str, text: str) -> None:
        """Take keys as text from now on."""
        self.editing, self.text, self.place = name, text, len(text)

    def end(self) -> None:
        """Keys move the cursor again."""
        self.editing = ""

    def action_edit(self) -> None:
        """Begin, or take what was typed."""
        if self.editing:
            name = self.editing
            self.end()
            self.post_message(self.Typed(name, self.text))
        elif self.row is not None:
            self.post_message(self.Begun(self.row.key))

    def key_enter(self) -> None:
        """The binding does it, not the table's opening."""

    async def _on_key(self, event: events.Key) -> None:
        if not self.editing:
            await super()._on_key(event)
            return
        name = self.editing
        if event.key == "escape":
            self.end()
            self.post_message(self.Undone(name))
        elif event.key in ("up", "down", "tab", "shift+tab", "enter"):
            self.action_edit()
            if event.key in ("tab", "shift+tab"):
                return  # on to the next pane
            self.action_move({"up": -1, "down": 1}.get(event.key, 0))
        elif not self._edit(event):
            return
        event.stop()
        event.prevent_default()
        if self.editing:
            self.post_message(self.Typed(name, self.text))

    def on_paste(self, event: events.Paste) -> None:
        """The first line of it."""
        if self.editing:
            event.stop()
            self._insert((event.text.splitlines() or [""])[0])
            self.post_message(self.Typed(self.editing, self.text))

    def _edit(self, event: events.Key) -> bool:
        """Whether the key was one of typing."""
        before, after = self.text[: self.place], self.text[self.place :]
        match event.key:
            case "backspace":
                self.text, self.place = before[:-1] + after, max(0, self.place - 1)
            case "delete":
                self.text = before + after[1:]
            case "ctrl+u":
                self.text, self.place = after, 0
            case "left" | "right":
                self.place = max(0, min(len(self.text), self.place + (1 if event.key == "right" else -1)))
            case "home" | "ctrl+a":
                self.place = 0
            case "end" | "ctrl+e":
                self.place = len(self.text)
            case _:
                if not event.is_printable or event.character is None:
                    return False
                self._insert(event.character)
        return True

    def _insert(self, text: str) -> None:
        taken = "".join(letter for letter in text if letter.isprintable())[: LONGEST - len(self.text)]
        self.text = self.text[: self.place] + taken + self.text[self.place :]
        self.place += len(taken)
