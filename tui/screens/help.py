"""Help: the keys that work here, the symbols, and every command, from the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen

from appliance.operations.all import registry
from appliance.operations.call import Call
from appliance.operations.session import who_helps
from tui.draw import Line, Piece, fit, line, marked
from tui.frame import key_name
from tui.screens import SCREENS
from tui.screens.page import Page
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table
from tui.words import MARKS

COLUMNS: Final = (Column("usage", 40, most=64), Column("level", 7), Column("help", 20, most=300))
KEY: Final = 10  # cells
TABS: Final = frozenset(entry.name for entry in SCREENS)  # ids of the keys that lead to them


class Help(ModalScreen[None]):
    """Over the screen it explains."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "dismiss", _("back"))]

    def __init__(self, page: Page, keys: Sequence[Binding], call: Call) -> None:
        super().__init__()
        self._page = page
        self._keys = keys
        self._call = call

    def compose(self) -> ComposeResult:
        """Keys beside symbols, commands below."""
        with Vertical(id="help"):
            helpers = [line((f" {words}", "accent")) for words in who_helps(self._call)]
            yield Lines(line((f" {self._page.purpose}", "strong")), *helpers, id="purpose")
            with Horizontal(id="help-top"):
                yield Pane(Lines(*self._key_lines()), id="keys-pane")
                yield Pane(Lines(*_symbol_lines()), id="symbols-pane")
            yield Pane(Table(COLUMNS, head=False, id="commands"), id="commands-pane")

    def on_mount(self) -> None:
        """Every command this level allows."""
        title = next((entry.title for entry in SCREENS if entry.name == self._page.name_of_tab), "")
        self.query_one("#keys-pane", Pane).head(title)
        self.query_one("#symbols-pane", Pane).head(_("Symbols"), _("esc closes"))
        level = self._call.level
        allowed = [row for row in registry().operations if row.level <= level]
        rows = [
            Row(row.name, (line(row.usage), line((f"level {row.level}", "grey")), line((row.help, "grey"))))
            for row in sorted(allowed, key=lambda row: row.words)
        ]
        table = self.query_one(Table)
        table.show(rows)
        self.query_one("#commands-pane", Pane).head(_("Commands"), _("{} at level {}").format(len(rows), level))
        table.focus()

    def _key_lines(self) -> list[Line]:
        """Those of the screen first; the tabs are one line."""
        keys: dict[str, list[str]] = {}
        for one in self._keys:
            if one.id not in TABS:
                keys.setdefault(one.description, []).append(key_name(one))
        keys[_("screens")] = [f"{SCREENS[0].key}-{SCREENS[-1].key}"]
        listed = [(" ".join(dict.fromkeys(names)), words) for words, names in keys.items()]
        half = (len(listed) + 1) // 2
        return [
            _two(listed[place], listed[place + half] if place + half < len(listed) else None) for place in range(half)
        ]


def _two(first: tuple[str, str], second: tuple[str, str] | None) -> Line:
    return (*_key(*first), *(_key(*second) if second else ()))


def _key(key: str, words: str) -> Line:
    return (Piece(" "), *fit(line((key, "strong accent")), KEY), *fit(line((words, "")), 21))


def _symbol_lines() -> list[Line]:
    return [(Piece(" "), marked(mark), Piece(f"  {mark.means}", "")) for mark in MARKS]
