"""The lines of a form: a row for each setting, what is said about one, and what is not saved yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.settings import Line as SettingLine
from tui.draw import CUT, EMPTY, Line, Piece, cut, fit, line, right, width, wrapped
from tui.forms import Draft, choices_of, dotted, is_switch, label_of, next_runs, range_of
from tui.text import _, plural
from tui.widgets.table import Column, Row
from tui.words import CHANGED, SILENT

VALUE: Final = (10, 34)  # cells of a value, the least and the most
COMPACT_VALUE: Final = 18
TAKES: Final = 34  # cells, at most
SHOWN_CHANGES: Final = (8, 3)  # lines of what is not saved: wide, compact
HELP_LINES: Final = 2
LABEL, SMALL_LABEL = 26, 22
LONGEST_UNIT: Final = 4  # cells beside its number; longer ones stand behind the range
LONGEST_NAME, SMALL_NAME = 44, 30  # cells of a whole name beside its field
Columns = tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Typing:
    """The field that is being edited."""

    name: str = ""
    text: str = ""
    place: int = 0  # of the next character


def columns_for(lines: Sequence[SettingLine], draft: Draft, typing: Typing, level: int, *, compact: bool) -> Columns:
    """As wide as what stands in them, within bounds."""
    most = COMPACT_VALUE if compact else VALUE[1]
    widest = max((len(_text(one, draft, typing)) + 3 for one in lines), default=0)
    value = max(VALUE[0], min(most, widest))
    unit = max((len(one.setting.kind.unit) for one in lines if not _is_long(one)), default=0)
    labels = labels_of(lines, compact=compact).values()
    widest_label = max(map(len, labels), default=0)
    whole = max((len(text) for text in labels if "." in text), default=0)
    label = max(whole, min(SMALL_LABEL, widest_label) if compact else LABEL)
    columns = (
        Column("mark", 1, gap=1),
        Column("label", label, gap=1),
        Column("value", value, gap=1),
        Column("unit", max(2, unit), gap=1),
    )
    if compact:
        return (*columns, Column("takes", 19, most=200))
    takes = max((width(_takes(one, draft, level)) for one in lines), default=0)
    return (*columns, Column("takes", max(10, min(TAKES, takes))), Column("help", 10, most=200))


def labels_of(lines: Sequence[SettingLine], *, compact: bool) -> Mapping[str, str]:
    """Short ones; those of a search that would be alike are told apart by their whole names, or the ends of these."""
    short = {one.name: label_of(one.name) for one in lines}
    times, most = Counter(short.values()), SMALL_NAME if compact else LONGEST_NAME
    ends = {name: name if len(name) <= most else f"{CUT}{name[1 - most :]}" for name in short}
    return {name: label if times[label] == 1 else ends[name] for name, label in short.items()}


def field_row(one: SettingLine, draft: Draft, typing: Typing, columns: Columns, level: int, label: str) -> Row:
    """Mark, label, value, unit, what it takes, help."""
    error, unsaved = draft.error(one.name), one.name in draft.typed
    mark = (Piece(SILENT.symbol, "silent"),) if error else (Piece(CHANGED.symbol, "flag"),) if unsaved else EMPTY
    may = level >= one.setting.level
    colour = "silent" if error else "flag" if unsaved else "" if may else "grey"
    ground = "picked" if typing.name == one.name else "field"
    value = _value(one, draft, typing, columns[2].width, colour)
    cells = (
        mark,
        line((label, "" if may else "grey")),
        tuple(piece._replace(style=f"{piece.style} {ground}".strip()) for piece in value),
        line(("" if _is_long(one) else one.setting.kind.unit, "grey")),
        _takes(one, draft, level),
        line((one.setting.help, "grey")),
    )
    return Row(one.name, cells[: len(columns)])


def about(one: SettingLine, draft: Draft, now: datetime, zone: ZoneInfo, cells: int) -> list[Line]:
    """Help, default, range, restart, level, next times, and how the console says it."""
    default = one.default or (one.setting.base and _("as {}").format(one.setting.base)) or _("empty")
    facts = [(_("default"), default), (_("takes"), one.setting.allowed()), (_("level"), str(one.setting.level))]
    if one.setting.restarts != "-":
        facts.append((_("restarts"), str(one.setting.restarts)))
    pieces = [piece for name, value in facts for piece in line((f"{name} ", "grey"), f"{value}   ")]
    runs = next_runs(one, draft.value(one.name), now, zone)
    return [
        *(line(" ", words) for words in wrapped(one.setting.help, cells - 2, HELP_LINES)),
        (Piece(" "), *pieces),
        *([line((_(" next "), "grey"), runs)] if runs else []),
        line((_(" console "), "grey"), (draft.console_line(one.name), "accent")),
    ]


def unsaved(draft: Draft, *, compact: bool) -> list[Line]:
    """Old and new value of every change, and what saving restarts."""
    if not draft.typed:
        return []
    room = SHOWN_CHANGES[compact]
    lines = [_change(name, draft, compact=compact) for name in list(draft.typed)[:room]]
    more = len(draft.typed) - room
    rest = [line((_(" and {} more").format(more), "grey"))] if more > 0 else []
    if draft.wrong:
        labels = ", ".join(map(label_of, draft.wrong))
        return [*lines, *rest, line((f" {SILENT.symbol} ", "silent"), _("to correct: {}").format(labels))]
    restarts = draft.restarts()
    words = _(" ctrl+s saves; it restarts: {}.").format(restarts) if restarts else _(" ctrl+s saves.")
    return [*lines, *rest, line((words, "grey"))]


def count_of(draft: Draft) -> str:
    """`3 changes`."""
    changes = len(draft.typed)
    return plural("{} change", "{} changes", changes).format(changes) if changes else _("nothing")


def _text(one: SettingLine, draft: Draft, typing: Typing) -> str:
    """What stands in the field."""
    secret = one.setting.kind.is_secret
    if typing.name == one.name:
        text = dotted(typing.text) if secret else typing.text
        return f"{text[: typing.place]}▏{text[typing.place :]}"
    if secret and one.name in draft.typed:
        return dotted(draft.typed[one.name])
    value = draft.value(one.name)
    if is_switch(one):
        return "[x]" if value in ("true", "on") else "[ ]"
    return value


def _value(one: SettingLine, draft: Draft, typing: Typing, room: int, colour: str) -> Line:
    text = _text(one, draft, typing)
    choice = typing.name != one.name and bool(choices_of(one)) and not is_switch(one)
    if typing.name == one.name and len(text) > room:  # what is typed stays in sight
        text = text[max(0, typing.place - room + 2) :]
    inherits = not text and bool(one.setting.base)
    words = cut(_("inherits") if inherits else text, room - 1 - 2 * choice) + " ▾" * choice
    shown = line((words, "grey" if inherits else f"strong {colour}".strip()))
    numbers = text.removeprefix("-").isdecimal() and not choice
    return (*right(shown, room - 1), Piece(" ")) if numbers else (Piece(" "), *fit(shown, room - 1))


def _takes(one: SettingLine, draft: Draft, level: int) -> Line:
    error = draft.error(one.name)
    if error:
        return line((error, "silent"))
    if one.name in draft.typed:
        was = _("a secret") if one.setting.kind.is_secret else one.text or _("empty")
        words = _("meanwhile {}") if one.name in draft.overtaken else _("changed, was {}")
        return line((words.format(was), "flag"))
    if level < one.setting.level:
        return line((_("level {}").format(one.setting.level), "grey"))
    unit = f" {one.setting.kind.unit}" if _is_long(one) else ""
    return EMPTY if is_switch(one) else line((f"{range_of(one)}{unit}", "grey"))


def _is_long(one: SettingLine) -> bool:
    return len(one.setting.kind.unit) > LONGEST_UNIT


def _change(name: str, draft: Draft, *, compact: bool) -> Line:
    one, error = draft.lines[name], draft.error(name)
    new = dotted(draft.typed[name]) if one.setting.kind.is_secret else draft.typed[name]
    mark = SILENT if error else CHANGED
    old = one.text or _("empty")
    head, arrow = Piece(f" {mark.symbol} ", mark.word), (" → ", "grey")
    value = (cut(new, 24) or _("empty"), "strong")
    if compact:
        return (head, *line(name, "  ", (cut(old, 12), "grey"), arrow, value))
    before = right(line((cut(old, 20), "grey")), 21)
    return (head, *fit(line(name), 34), *before, *line(arrow, value, (f"   {error}", "silent")))
