"""What is wrong, what to do, is it running."""

from __future__ import annotations

from textual.app import ComposeResult

from tui.screens.page import Page
from tui.widgets.lines import Lines


class OverviewPage(Page):
    """The first screen."""

    name_of_tab = "overview"

    def body(self) -> ComposeResult:
        yield Lines(id="verdict")
