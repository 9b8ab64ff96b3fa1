"""The field that filters a list while one types."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.text import _


class FindField(Input):
    """`enter` goes to what was found, `esc` brings all back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", _("to the list"), id="find.list"),
        Binding("escape", "screen.leave_find", _("show all"), id="find.leave"),
    ]
