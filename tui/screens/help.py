"""Help: who to call, the keys that work here, the symbols, and every command, from the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen

from appliance.operations.all import registry
from appliance.operations.call import Call
from appliance.operations.session import who_helps
from tui.draw import EMPTY, Line, Piece, fit, line, marked, wrapped
from tui.frame import key_name
from tui.screens import SCREENS
from tui.screens.page import Page
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.words import MARKS

KEY: Final = 10  # cells
TABS: Final = frozenset(entry.name for entry in SCREENS)  # ids of the keys that lead to them
LONGEST: Final = 3  # lines of a sentence


class Help(ModalScreen[None]):
    """Over the screen it explains, one page to scroll through."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "dismiss", _("back"))]

    def __init__(self, page: Page, keys: Sequence[Binding], call: Call) -> None:
        super().__init__()
        self._page = page
        self._keys = keys
        self._call = call

    def compose(self) -> ComposeResult:
        """What the screen is for, keys beside symbols, commands below."""
        with VerticalScroll(id="help"):
            yield Lines(EMPTY, id="purpose")
            with Horizontal(id="help-top"):
                yield Pane(Lines(*self._key_lines()), id="keys-pane")
                yield Pane(Lines(*_symbol_lines()), title=_("Symbols"), id="symbols-pane")
            yield Pane(Lines(EMPTY, id="commands"), id="commands-pane")

    def on_mount(self) -> None:
        """Every command this level allows."""
        title = next((entry.title for entry in SCREENS if entry.name == self._page.name_of_tab), "")
        self.query_one("#keys-pane", Pane).head(title, _("↑↓ scroll, esc closes"))
        self.query_one("#help").focus()

    def on_resize(self, event: events.Resize) -> None:
        """Sentences of another width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        cells = self.query_one("#help").scrollable_content_region.width - 1
        helpers = [line((f" {words}", "accent")) for words in who_helps(self._call)]
        purpose = [line((f" {words}", "strong")) for words in wrapped(self._page.purpose, cells - 1, LONGEST)]
        self.query_one("#purpose", Lines).show([*purpose, *helpers])
        level = self._call.level
        allowed = [row for row in registry().operations if row.level <= level]
        self.query_one("#commands-pane", Pane).head(_("Commands"), _("{} at level {}").format(len(allowed), level))
        found = sorted(allowed, key=lambda row: row.words)
        self.query_one("#commands", Lines).show(
            [piece for row in found for piece in _command(row.usage, row.level, row.help, cells)]
        )

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


def _command(usage: str, level: int, words: str, cells: int) -> Iterator[Line]:
    """How it is typed, and what it does, whole."""
    first, *rest = wrapped(usage, cells - 12, LONGEST)
    yield (*fit(line((f" {first}", "strong accent")), cells - 9), *line((_("level {}").format(level), "grey")))
    yield from (line((f"   {part}", "accent")) for part in rest)
    yield from (line((f"   {part}", "")) for part in wrapped(words, cells - 4, LONGEST))


def _two(first: tuple[str, str], second: tuple[str, str] | None) -> Line:
    return (*_key(*first), *(_key(*second) if second else ()))


def _key(key: str, words: str) -> Line:
    return (Piece(" "), *fit(line((key, "strong accent")), KEY), *fit(line((words, "")), 21))


def _symbol_lines() -> list[Line]:
    return [(Piece(" "), marked(mark), Piece(f"  {mark.means}", "")) for mark in MARKS]
