"""The lines around the list of meters: what is filtered, what is shown, and what stands where there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from appliance.operations.glances import Glance
from tui.draw import Line, Piece, filtering, joined, line, pressing, spread
from tui.screens.meters.columns import COLUMNS
from tui.screens.meters.view import View
from tui.shown import WORRY, mark_of
from tui.text import _
from tui.widgets.table import Table

NO_METERS: Final = _("No meters yet. a adds one.")
PASSIVE_WORDS: Final = {True: _("shown"), False: _("hidden")}
STATE_WORDS: Final = {
    "": _("all"),
    "silent": _("silent"),
    "flag": _("error"),
    "never": _("never read"),
    "ok": _("ok"),
    "grey": _("passive"),
}


def filter_line(view: View, shown: int, glances: Mapping[int, Glance], cells: int) -> Line:
    """The keys that filter and what they are set to; how many are shown, and how many are in a bad state."""
    filters = (
        pressing("slash", line((" /", "strong accent"), (_(" find"), "grey"))),
        filtering("m", _("edium "), view.medium or _("all")),
        filtering("s", _("tate "), STATE_WORDS[view.state]),
        filtering("p", _("assive "), PASSIVE_WORDS[view.passive]),
    )
    end = (*line(_("{} of {}  ").format(shown, len(glances))), *_counts(glances))
    return spread(joined(filters), end, cells)


def foot_line(view: View, table: Table) -> Line:
    """Which rows are seen, in which order, how many are marked."""
    seen, total = table.seen, len(table.rows)
    marked = _("    {} marked").format(len(table.marked)) if table.marked else ""
    word = COLUMNS[view.order].title.strip() or _("state, then name")
    order = _("sorted by {}").format(word) + (_(", the other way round") if view.reverse else "")
    rows = _(" rows {}–{} of {}").format(seen.start + 1, seen.stop, total) if total else ""
    return line((f"{rows}    {order}{marked}", "grey"))


def nothing(view: View, total: int) -> str:
    """Why there are no rows."""
    if not total:
        return NO_METERS
    what = view.find or view.medium or STATE_WORDS[view.state]
    return _("None of {} matches '{}'. esc clears.").format(total, what)


def _counts(glances: Mapping[int, Glance]) -> Line:
    """`✕3 ▲2 ○1 -1`."""
    marks = [mark_of(one) for one in glances.values()]
    found = [(mark, marks.count(mark)) for mark in WORRY if mark.word != "ok"]
    return tuple(
        Piece(f"{mark.symbol}{number} ", mark.word, f"meters/state/{mark.word}") for mark, number in found if number
    )
