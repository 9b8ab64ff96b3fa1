"""Find a meter, see its state, act on many."""

from __future__ import annotations

from textual.app import ComposeResult

from tui.screens.page import Page
from tui.widgets.lines import Lines


class MetersPage(Page):
    """The list."""

    name_of_tab = "meters"

    def body(self) -> ComposeResult:
        yield Lines(id="verdict")
