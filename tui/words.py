"""One word and one symbol for one thing: what is drawn and what the help explains come from this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui.text import _


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as it is drawn: never by its colour alone."""

    word: str  # also the name of its colour
    symbol: str
    ascii: str
    means: str


OK: Final = Mark("ok", "●", "*", _("last readout succeeded, status byte clean"))
FLAG: Final = Mark("flag", "▲", "!", _("read, but the meter reports an error; any warning"))
SILENT: Final = Mark("silent", "✕", "x", _("last readout failed; any failure"))
NEVER: Final = Mark("never", "○", "o", _("installed, no reading yet"))
PASSIVE: Final = Mark("grey", "-", "-", _("not read on purpose, off"))
RUNNING: Final = Mark("accent", "▶", ">", _("now under way"))
CHANGED: Final = Mark("flag", "*", "*", _("a field not yet saved"))
PLAIN: Final = Mark("grey", "·", ".", _("information; no value in a chart"))

MARKS: Final = (OK, FLAG, SILENT, NEVER, PASSIVE, RUNNING, CHANGED, PLAIN)

_GLYPHS: Final = {
    **{ord(mark.symbol): mark.ascii for mark in MARKS if len(mark.symbol) == 1 and ord(mark.symbol) > 126},
    **{ord(letter): "-" for letter in "─━┄–‐"},
    **{ord(letter): "|" for letter in "│┤┃"},
    **{ord(letter): "+" for letter in "╭╮╰╯┌┐└┘├┬┴┼"},
    **dict(zip(map(ord, "▁▂▃▄▅▆▇█"), "..__-==#", strict=True)),
    **dict.fromkeys(range(10241, 10496), "."),
    **dict(zip(map(ord, "⁻⁰¹⁴⁵⁶⁷⁸⁹°"), "-01456789'", strict=True)),
    0x2800: " ",
    ord("…"): "~",
    ord("→"): ">",
    ord("←"): "<",
    ord("↔"): "=",
    ord("■"): "#",
    ord("▼"): "v",
    ord("▾"): "v",
    ord("▴"): "^",
    ord("³"): "3",
    ord("²"): "2",
    ord("×"): "x",
}


def to_ascii(text: str) -> str:
    """For a terminal without the glyphs; every sign keeps its cell."""
    return text.translate(_GLYPHS)
