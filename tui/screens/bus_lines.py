"""The line over the traffic: how each line of the bus is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from appliance.events import BusState
from appliance.operations.lines_now import LineNow, share
from tui.draw import Line, Piece, joined, line, marked
from tui.text import _
from tui.words import FLAG, OK, PASSIVE, SILENT

BAD: Final = (BusState.OVERLOAD, BusState.JAMMED, BusState.LOST, BusState.REFUSED)
RESTING: Final = (BusState.LENT, BusState.PAUSED)


def head_line(lines: Sequence[LineNow], *, compact: bool) -> Line:
    """Each line with its state and how well it goes."""
    if not lines:
        return line((_(" No line yet: segment add main URL"), "grey"))
    parts = [_one_line(one, compact=compact) for one in lines]
    counted = [one.counters for one in lines]
    requests = sum(c.requests for c in counted)
    facts = [
        (_("retried"), share(sum(c.repeats for c in counted), requests)),
        (_("no answer"), share(sum(c.silences for c in counted), requests)),
        (_("collisions"), str(sum(c.collisions for c in counted))),
        (_("bad sums"), str(sum(c.garbled for c in counted))),
    ]
    shown = facts[:3] if compact else facts
    return (Piece(" "), *joined([*parts, *(line((name, "grey"), f" {value}") for name, value in shown)]))


def _one_line(one: LineNow, *, compact: bool) -> Line:
    mark = (
        SILENT if one.state in BAD else FLAG if one.state in RESTING else PASSIVE if one.state is BusState.OFF else OK
    )
    name = (marked(mark), Piece(f" {one.name}", "strong"))
    state = Piece(f" {one.state}", "" if mark is OK else mark.word)
    if compact:
        return (*name, state)
    why = f": {one.sentence}" if one.sentence else ""
    return (*name, Piece(f" {one.kind} {one.baud_rate} Bd ", "grey"), state, Piece(why, mark.word))
