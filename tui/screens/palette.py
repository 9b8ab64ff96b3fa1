"""The command palette: everything there is to do, found by typing, with the console line that does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from appliance.operations.all import registry
from tui.commands import Offer, choose, hint, offers
from tui.draw import EMPTY, cut, line
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table

if TYPE_CHECKING:
    from tui.app import Dashboard

COLUMNS: Final = (
    Column("what", 28, most=36),
    Column("with", 22, most=60),
    Column("level", 7, gap=1),
    Column("key", 1),
)


class Palette(ModalScreen[Offer | None]):
    """What was chosen; None where it was left."""

    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", _("back")),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("tab", "complete", show=False, priority=True),
    ]

    def __init__(self, recent: Sequence[str] = ()) -> None:
        super().__init__()
        self._recent = recent
        self._all: list[Offer] = []
        self._offers: list[Offer] = []

    def compose(self) -> ComposeResult:
        """Field, list, console line."""
        with Vertical(id="palette"):
            yield Pane(Input(compact=True, id="command"), title=_("Command"), id="palette-pane")
            yield Table(COLUMNS, head=False, empty=_("Nothing has these words."), id="offers", shows_cursor=True)
            yield Lines(EMPTY, id="console-line")

    def on_mount(self) -> None:
        """All there is, the latest first."""
        app = cast("Dashboard", self.app)
        self._all = offers(app.call, registry(), app.feed.glances.values())
        self.query_one("#palette-pane", Pane).head(_("Command"), _("enter runs, tab completes"))
        self._show("")
        self.query_one(Input).focus()

    def action_move(self, rows: int) -> None:
        """Up and down while the field keeps the focus."""
        self.query_one(Table).action_move(rows)

    def action_complete(self) -> None:
        """The line under the cursor, ready for its arguments."""
        offer = self._under_cursor()
        field = self.query_one(Input)
        if offer is not None and offer.line:
            field.value = f"{offer.line} "
            field.cursor_position = len(field.value)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        if message.value == message.input.value:  # else more was typed meanwhile, and is told next
            self._show(message.value)

    @on(Input.Submitted)
    @on(Table.Opened)
    def _choose(self) -> None:
        offer = self._under_cursor()
        if offer is None:
            return
        if offer.line and offer.needs and not offer.to:
            self.action_complete()
        else:
            self.dismiss(offer)

    @on(Table.Moved)
    def _moved(self) -> None:
        self._draw_line()

    def _show(self, text: str) -> None:
        self._offers = choose(text, self._all, registry(), self._recent)
        table = self.query_one(Table)
        table.show([_row(number, offer) for number, offer in enumerate(self._offers)])
        table.action_first()
        self._draw_line()

    def _draw_line(self) -> None:
        offer = self._under_cursor()
        leads = offer is not None and bool(offer.to)
        words = _("opens") if leads else _("console")
        shown = offer.to if offer is not None and leads else hint(self.query_one(Input).value, offer, registry())
        self.query_one("#console-line", Lines).show([line((f" {words}  ", "grey"), (cut(shown, 64), "accent"))])

    def _under_cursor(self) -> Offer | None:
        table = self.query_one(Table)
        return self._offers[table.cursor] if 0 <= table.cursor < len(self._offers) else None


def _row(number: int, offer: Offer) -> Row:
    cells = (
        line(cut(offer.title, 40)),
        line((offer.needs or offer.note, "grey")),
        line((f"level {offer.level}", "grey")),
        line((offer.key, "strong accent")),
    )
    return Row(f"{number} {offer.title}", cells)
