"""The lines of the first screen about rounds: the one under way, the last ones, the next one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.events import RoundProgress
from appliance.operations.overview import Overview
from tui.draw import EMPTY, Line, Piece, joined, line, marked, spread, width
from tui.shown import coming, length, when
from tui.text import _
from tui.widgets.marks import gauge, spark
from tui.words import RUNNING

ROOM_FOR_LAST: Final = 40  # cells


def round_lines(
    data: Overview, rounds: Mapping[str, RoundProgress], now: datetime, zone: ZoneInfo, cells: int
) -> list[Line]:
    """How far, how long the last ones took, when the next one comes."""
    lines = [*_under_way(rounds, now, zone, cells)]
    past = list(reversed(data.rounds))[-max(8, min(24, cells - 26)) :]
    if past:
        last = past[-1]
        seconds = [one.seconds for one in past]
        failed: Line = spark([one.failed for one in past], "silent" if any(one.failed for one in past) else "data")
        words = _("{} of {}").format(last.failed, last.due)
        lines.append(
            (
                *line((_(" length  "), "grey")),
                *spark(seconds, floor=min(seconds) * 0.9),
                *line(f"  {length(last.seconds)}"),
            )
        )
        lines.append((*line((_(" failed  "), "grey")), *failed, *line(f"  {words}")))
    lines.append(_last_and_next(data, now, zone, short=cells < ROOM_FOR_LAST))
    return lines


def _under_way(rounds: Mapping[str, RoundProgress], now: datetime, zone: ZoneInfo, cells: int) -> list[Line]:
    if not rounds:
        return [line(" ", ("─" * max(0, cells - 14), "rule"), (_("  resting"), "grey"))]
    done, due = sum(r.answered + r.missed for r in rounds.values()), sum(r.due for r in rounds.values())
    far = line((f"  {done}", "strong"), (f" / {due} ", "grey"))
    first = (Piece(" "), *gauge(done, due, max(0, cells - 2 - sum(len(p.text) for p in far)), "curve"), *far)
    reading = sorted(name for name, one in rounds.items() if one.waits_until is None)
    if reading:
        passed = max((now - r.began).total_seconds() for r in rounds.values())
        left = _("ends in {}").format(length(passed / done * (due - done))) if done else ""
        what = _("reading {}").format(", ".join(reading))
        return [first, spread(line(" ", marked(RUNNING), f" {what}"), line((left, "grey"), " "), cells)]
    return [first, _waits(min(filter(None, (r.waits_until for r in rounds.values()))), due - done, now, zone, cells)]


def _waits(until: datetime, meters: int, now: datetime, zone: ZoneInfo, cells: int) -> Line:
    """Nobody is asked until the job retry."""
    clock, begin = when(until, now, zone, seconds=True), line(" ", marked(RUNNING), " ")
    words = (*begin, *line(_("waits until {} to ask {} again").format(clock, meters)))
    if width(words) > cells:
        words = (*begin, *line(_("waits: {} again at {}").format(meters, clock)))
    left = line(" ", (coming(until, now), "grey"), " ")
    return spread(words, left if width(words) + width(left) <= cells else EMPTY, cells)


def _last_and_next(data: Overview, now: datetime, zone: ZoneInfo, *, short: bool) -> Line:
    pieces: list[Line] = []
    if data.rounds and not short:
        pieces.append(line((_(" last "), "grey"), when(data.rounds[0].slot, now, zone)))
    if data.next_round is None:
        return joined((*pieces, line((_(" switched off"), "flag"))))
    upcoming = when(data.next_round, now, zone)
    return joined(
        (*pieces, line((_(" next "), "grey"), (upcoming, "strong"), (f" {coming(data.next_round, now)}", "grey")))
    )
