"""The frame around every screen: status line, tabs, banner, keys. One line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual.binding import Binding

from appliance.events import BusState
from appliance.meters.selection import Status
from tui.draw import EMPTY, Line, Piece, cut, joined, line, marked, pressing, spread, width
from tui.screens import SCREENS
from tui.text import _
from tui.troubles import BROKEN
from tui.widgets.lines import OneLine
from tui.words import FLAG, OK, PASSIVE, RUNNING, SILENT, Mark

if TYPE_CHECKING:
    from tui.feed import Feed

PLACE_WIDTH: Final = 30
RESTING: Final = (BusState.LENT, BusState.PAUSED, BusState.OFF)
KEY_NAMES: Final = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "full_stop": ".",
    "asterisk": "*",
    "colon": ":",
    "f1": "F1",
    "f2": "F2",
    "left": "←",
    "right": "→",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who looks, and in how many sessions."""

    name: str
    sessions: int


def status_line(feed: Feed, person: Person, now: datetime, cells: int, *, compact: bool) -> Line:
    """Where we are, and what is the matter."""
    identity = feed.parts.settings.identity
    place = line((f" · {identity.location}", "grey")) if identity.location and not compact else EMPTY
    name = cut(identity.name, PLACE_WIDTH)
    left = line(" ", ("busmeister", "strong accent"), " ", (name, "strong"), *place)
    facts = [_job(feed), *_counts(feed), _bus(feed)]
    if not compact:
        facts += [line((f"{person.name}·{person.sessions}", "grey")), line((f"{now:%a %d %b}", "grey"))]
    right = (*joined(facts), *line("  ", (f"{now:%H:%M:%S}", "strong"), " "))
    return spread(left, right, cells)


def _job(feed: Feed) -> Line:
    """What is under way: the round, else the newest job."""
    rounds = list(feed.rounds.values())
    if rounds:
        done, due = sum(r.answered + r.missed for r in rounds), sum(r.due for r in rounds)
        return (Piece(f"{RUNNING.symbol} ", "accent", "overview"), Piece(f"{done}/{due}", "", "overview"))
    jobs = feed.parts.hub.jobs.running()
    if not jobs:
        return EMPTY
    job = jobs[-1]
    far = f" {job.done}" if job.done else ""
    return line((f"{RUNNING.symbol} ", "accent"), f"{cut(job.name, 20)}{far}")


def _counts(feed: Feed) -> list[Line]:
    active = [glance.status for glance in feed.glances.values() if glance.meter.active]
    silent = sum(status in (Status.SILENT, Status.FAILED) for status in active)
    flagged = active.count(Status.ERROR)
    return [_count(SILENT, silent), _count(FLAG, flagged)]


def _count(mark: Mark, number: int) -> Line:
    return (Piece(f"{mark.symbol} {number}", mark.word, f"meters/state/{mark.word}"),) if number else EMPTY


def _bus(feed: Feed) -> Line:
    """The worst state of all lines."""
    segments = feed.parts.engine.status()
    bad = next((s for s in segments if s.state in BROKEN), None)
    resting = next((s for s in segments if s.state in RESTING), None)
    if bad is not None:
        return (Piece("bus ", "grey"), marked(SILENT), Piece(f" {bad.state}", "silent", "bus"))
    if resting is not None:
        return (Piece("bus ", "grey"), marked(FLAG), Piece(f" {resting.state}", "flag", "bus"))
    if not segments:
        return (Piece("bus ", "grey"), marked(PASSIVE), Piece(_(" none"), "grey", "bus"))
    return (Piece("bus ", "grey"), marked(OK), Piece(" ok", "ok", "bus"))


def tab_line(current: str, *, compact: bool) -> Line:
    """All screens; the present one stands out."""
    gap, edge = (" ", "") if compact else ("  ", " ")
    pieces: list[Piece] = [] if compact else [Piece(" ")]
    for entry in SCREENS:
        if pieces and pieces[-1].text != " ":
            pieces.append(Piece(gap))
        if entry.name == current:
            pieces.append(Piece(f"{edge}{entry.key} {entry.title}{edge}", "chosen", entry.name))
        else:
            pieces.append(Piece(f"{edge}{entry.key} ", "accent", entry.name))
            pieces.append(Piece(f"{entry.title}{edge}", "", entry.name))
    return tuple(pieces)


def key_line(bindings: Sequence[Binding], cells: int, *, help_too: bool = True) -> Line:
    """The keys that work here, the first ones first, as many as there is room for."""
    end = pressing("question_mark", line(("?", "strong accent"), (_(" help "), "grey"))) if help_too else EMPTY
    pieces: list[Piece] = [Piece(" ")]
    for binding in bindings:
        more = pressing(binding.key, line((key_name(binding), "strong accent"), (f" {binding.description}", "grey")))
        if width((*pieces, *more)) + 3 > cells - width(end):
            break
        pieces += [*more, Piece("   " if cells >= 110 else "  ")]
    return spread(tuple(pieces), end, cells)


def key_name(binding: Binding) -> str:
    """As it is written on the keyboard."""
    if binding.key_display:
        return binding.key_display
    return KEY_NAMES.get(binding.key, binding.key)


def banner_line(troubles: Sequence[tuple[Mark, str]]) -> Line:
    """The worst of what is wrong with the whole; how many more."""
    if not troubles:
        return EMPTY
    mark, sentence = troubles[0]
    more = f"  +{len(troubles) - 1}" if len(troubles) > 1 else ""
    return line((f" {mark.symbol} {sentence}{more}", f"strong {mark.word}"))


class StatusLine(OneLine):
    """Top line."""


class TabLine(OneLine):
    """Second line."""


class Banner(OneLine):
    """Red line, only while something is wrong with the whole."""


class KeyLine(OneLine):
    """Last line."""
