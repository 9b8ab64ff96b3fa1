"""Lines as plain data: pieces of text, each with the word of its style. Widgets turn them into strips of cells.

Text never carries markup, and nothing that could steer a terminal gets through.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from appliance.log import escaped
from appliance.operations.signs import steady
from tui.theme import Palette
from tui.words import Mark, to_ascii

CUT: Final = "…"


class Piece(NamedTuple):
    """Some text in one style; `to` is the address a click on it leads to, `key` the key that a click stands for."""

    text: str
    style: str = ""
    to: str = ""
    key: str = ""


Line = tuple[Piece, ...]
EMPTY: Final[Line] = ()


def line(*pieces: str | Piece | tuple[str, str]) -> Line:
    """`line("energy ", ("24.318", "strong"), (" MWh", "grey"))`."""
    return tuple(_piece(piece) for piece in pieces)


def safe(text: str) -> str:
    """What steers nothing, and is as wide in every terminal."""
    return steady(escaped(text))


def pressing(key: str, pieces: Line) -> Line:
    """The same; a click on it does what the key does."""
    return tuple(piece._replace(key=key) for piece in pieces)


def filtering(key: str, rest: str, now: str) -> Line:
    """`[s]everity info`: the key of a filter with the rest of its name, and what it is set to."""
    return pressing(key, line((f"[{key}]", "strong accent"), (rest, "grey"), (now, "strong")))


def marked(mark: Mark) -> Piece:
    """The symbol of a state in its colour."""
    return Piece(mark.symbol, mark.word)


def width(pieces: Line) -> int:
    """In cells of the terminal."""
    return sum(cell_len(piece.text) for piece in pieces)


def cut(text: str, cells: int) -> str:
    """The text in at most so many cells, with `…` where something is missing."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + CUT if cells > 0 else ""


def wrapped(text: str, cells: int, most: int) -> list[str]:
    """The text in lines of so many cells; what does not fit into `most` lines is cut."""
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most - 1 and cell_len(rest) > cells:
        head = set_cell_size(rest, cells).rpartition(" ")[0] or set_cell_size(rest, cells)
        lines.append(head)
        rest = rest[len(head) :].lstrip()
    return [*lines, cut(rest, cells)] if rest else lines


def fit(pieces: Line, cells: int) -> Line:
    """Exactly so many cells: filled with blanks, or cut."""
    missing = cells - width(pieces)
    if missing >= 0:
        return (*pieces, Piece(" " * missing)) if missing else pieces
    return _shortened(pieces, cells)


def cut_name(pieces: Line, cells: int) -> Line:
    """In at most so many cells, with the last word kept: names of many alike differ in their numbers."""
    if len(pieces) != 1 or width(pieces) <= cells:
        return pieces
    head, _, last = pieces[0].text.rpartition(" ")
    if not head or 2 * cell_len(last) > cells:
        return pieces
    return (pieces[0]._replace(text=f"{cut(head, cells - cell_len(last) - 1)} {last}"),)


def right(pieces: Line, cells: int) -> Line:
    """The same, standing at the right."""
    missing = cells - width(pieces)
    return (Piece(" " * missing), *pieces) if missing > 0 else fit(pieces, cells)


def spread(left: Line, end: Line, cells: int) -> Line:
    """One part at the left, one at the right; the left one gives way."""
    return (*fit(left, max(0, cells - width(end))), *end)


def strip_of(pieces: Line, palette: Palette, cells: int, *, cursor: bool = False, plain: bool = False) -> Strip:
    """The cells of a line; `plain` for terminals that have ASCII only."""
    base = palette.base + palette.cursor if cursor else palette.base
    segments = [_segment(piece, palette, base, cursor, plain) for piece in fit(pieces, cells) if piece.text]
    return Strip(segments, cells)


def joined(lines: Iterable[Line], gap: str = "  ") -> Line:
    """Several side by side."""
    found: list[Piece] = []
    for pieces in lines:
        if found and pieces:
            found.append(Piece(gap))
        found += pieces
    return tuple(found)


def that_fit(lines: Iterable[Line], cells: int, gap: str = "  ") -> Line:
    """As many side by side as there is room for whole, the first ones first; filled with blanks."""
    found: Line = EMPTY
    for pieces in lines:
        longer = joined((found, pieces), gap) if found else pieces
        if width(longer) <= cells:
            found = longer
    return fit(found, cells)


def _segment(piece: Piece, palette: Palette, base: Style, cursor: bool, plain: bool) -> Segment:
    style = base if cursor and palette.drops_colours else base + palette.style(piece.style)
    if cursor and palette.cursor.bgcolor and not palette.drops_colours:
        style += Style(bgcolor=palette.cursor.bgcolor)
    if piece.to or piece.key:
        style += Style(meta={"to": piece.to, "key": piece.key})
    return Segment(to_ascii(piece.text) if plain else piece.text, style)


def _piece(piece: str | Piece | tuple[str, str]) -> Piece:
    if isinstance(piece, str):
        return Piece(safe(piece))
    return Piece(safe(piece[0]), *piece[1:])


def _shortened(pieces: Line, cells: int) -> Line:
    kept: list[Piece] = []
    for piece in pieces:
        room = cells - width(tuple(kept))
        if cell_len(piece.text) > room:
            kept.append(piece._replace(text=cut(piece.text, room)))
            break
        kept.append(piece)
    rest = cells - width(tuple(kept))
    return (*kept, Piece(" " * rest)) if rest > 0 else tuple(kept)
