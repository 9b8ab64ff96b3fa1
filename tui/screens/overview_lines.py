"""The lines of the first screen, out of what the appliance told; those of rounds and of what was used stand beside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.events import BusState
from appliance.log import Severity
from appliance.meters.selection import medium_of
from appliance.operations.glances import Glance
from appliance.operations.internet import Access
from appliance.operations.lines_now import share
from appliance.operations.overview import Overview
from appliance.operations.services import OFF, Service, Services
from appliance.operations.times import ago
from appliance.operations.to_do import SET_UP, ToDo
from tui.draw import EMPTY, Line, Piece, cut, fit, joined, line, marked, spread, that_fit, width
from tui.shown import WORRY, mark_of, medium_text, when
from tui.text import _, plural
from tui.widgets.marks import gauge
from tui.widgets.table import Row
from tui.words import FLAG, NEVER, OK, PASSIVE, PLAIN, SILENT, Mark

SPACED: Final = 21  # marks that have room with a blank between
MARKS_A_LINE: Final = 42
PROBLEM_WORDS: Final = {SILENT: _("silent"), FLAG: _("with errors"), NEVER: _("never read"), PASSIVE: _("passive")}
SEVERITIES: Final = {Severity.WARNING: FLAG, Severity.ERROR: SILENT}
STATE_MARKS: Final = {
    **dict.fromkeys((BusState.OVERLOAD, BusState.JAMMED, BusState.LOST, BusState.REFUSED), SILENT),
    **dict.fromkeys((BusState.LENT, BusState.PAUSED), FLAG),
    BusState.OFF: PASSIVE,
}


def verdict(glances: Iterable[Glance]) -> Line:
    """`57 of 63 meters are fine.`"""
    active = [mark_of(one) for one in glances if one.meter.active]
    counted = Counter(active)
    if not active:
        return line((_(" No meters yet."), "strong"), (_("  2 Meters, then a adds one."), "grey"))
    if counted[OK] == len(active):
        return line(
            (plural(" The meter is fine.", " All {} meters are fine.", len(active)).format(len(active)), "strong ok")
        )
    fine = plural(" {} of {} meter is fine.", " {} of {} meters are fine.", len(active)).format(
        counted[OK], len(active)
    )
    return joined((line((fine, "strong ok" if counted[OK] else "strong")), *_problems(counted, words=True)), "  ")


def by_medium(glances: Iterable[Glance], cells: int, *, compact: bool) -> list[Line]:
    """One mark per meter."""
    media: dict[str, list[Glance]] = defaultdict(list)
    for one in glances:
        media[medium_of(one.meter) or _("unknown")].append(one)
    lines: list[Line] = []
    for medium, meters in sorted(media.items(), key=lambda item: -len(item[1])):
        lines += _medium(medium, [mark_of(one) for one in sorted(meters, key=lambda one: one.meter.id)], cells, compact)
    return lines


def _medium(medium: str, marks: list[Mark], cells: int, compact: bool) -> list[Line]:
    begin = line(f" {medium_text(medium, 12):12} ", (f"{len(marks):3}", "grey"), "  ")
    room = min(MARKS_A_LINE, cells - 24) if compact else MARKS_A_LINE
    gap = " " if not compact and len(marks) <= SPACED else ""
    each = room // (1 + len(gap))
    problems = joined(_problems(Counter(marks), words=not compact), " " if compact else "  ")
    rows = [marks[i : i + each] for i in range(0, len(marks), each)]
    lines = [(*begin, *fit(_map(rows[0], gap), room), Piece(" "), *problems)]
    lines += [(Piece(" " * 19), *_map(row, gap)) for row in rows[1:]]
    return lines


def _map(marks: Sequence[Mark], gap: str) -> Line:
    return tuple(Piece(mark.symbol + gap, mark.word) for mark in marks)


def _problems(counted: Mapping[Mark, int], *, words: bool) -> list[Line]:
    found = [(mark, counted[mark]) for mark in WORRY if mark is not OK and counted.get(mark)]
    if words:
        return [line((f"{mark.symbol} {count} {PROBLEM_WORDS[mark]}", mark.word)) for mark, count in found]
    return [line((f"{mark.symbol}{count}", mark.word)) for mark, count in found]


def with_code(to_do: Sequence[ToDo], code: str) -> list[ToDo]:
    """The set-up with the code of the device, where whoever looks may see it."""
    named = _("Set-up code {}").format(code)
    advice = _("enter makes the first user; until then the machine itself and its display alone let people in")
    return [replace(one, what=named, advice=advice) if code and one.what == SET_UP else one for one in to_do]


def to_do_rows(to_do: Sequence[ToDo], now: datetime, zone: ZoneInfo, cells: int) -> list[Row]:
    """What, since when; under it the advice."""
    marks = {"silent": SILENT, "flag": FLAG, "never": NEVER}
    rows = []
    for number, one in enumerate(to_do):
        since = _("{} since {}").format(one.state, when(one.since, now, zone)) if one.since else one.state
        row = Row(
            key=f"{one.what}/{one.state}/{number}",
            cells=(line(marked(marks[one.word])), line((one.what, "strong")), line((since, one.word))),
            under=line(("→ ", "grey"), (cut(_advice(one), cells - 8), "grey")),
            to=one.to,
        )
        rows.append(row)
    return rows


def _advice(one: ToDo) -> str:
    return _("{} (seen by {})").format(one.advice, one.seen) if one.seen else one.advice


def bus_lines(data: Overview, cells: int) -> list[Line]:
    """Each segment."""
    if not data.segments:
        return [line((_(" no line: segment add main URL"), "grey"))]
    lines = []
    for segment, load in zip(data.segments, data.loads, strict=True):
        mark = STATE_MARKS.get(segment.state, OK)
        scheme = segment.url.partition(":")[0]
        meters = plural("{} meter", "{} meters", load).format(load)
        words = "" if mark is OK else str(segment.state)
        begin = line(
            (f" {cut(segment.name, 8):8} ", "grey"),
            marked(mark),
            f" {scheme}",
        )
        facts = (begin, line(f"{segment.baud_rate} Bd"), line((words, mark.word)) if words else EMPTY)
        end = line(" ", (meters, "grey"), " ")
        lines.append(spread(that_fit(facts, cells - width(end), " "), end, cells))
    counted = [segment.counters for segment in data.segments]
    lines += _quality(
        share(sum(one.repeats for one in counted), sum(one.requests for one in counted)),
        sum(one.collisions for one in counted),
        cells,
    )
    lines += [
        line(" ", (cut(s.sentence, cells - 2), "silent"))
        for s in data.segments
        if s.sentence and s.state in STATE_MARKS
    ]
    return lines


def _quality(retried: str, collisions: int, cells: int) -> list[Line]:
    """In one line where there is room for it, else in two."""
    begin = line((f" {_('quality'):8}   ", "grey"))
    first = line(_("{} retried").format(retried))
    second = line(plural("{} collision", "{} collisions", collisions).format(collisions))
    together = (*begin, *joined((first, second), ", "))
    if width(together) <= cells:
        return [together]
    return [(*begin, *first), (Piece(" " * width(begin)), *second)]


def service_lines(found: Services, cells: int) -> list[Line]:
    """Ports first, each with who reaches it; workers that are well are one line."""
    doors = [one for one in found.services if one.port]
    troubled = [one for one in found.services if not one.port and one.state != "running"]
    well = sum(not one.port and one.state == "running" for one in found.services)
    lines = [_service(one, cells) for one in (*troubled, *doors)]
    words = plural("{} worker runs", "{} workers run", well).format(well)
    return [*lines, line((f" {_('others'):11} ", "grey"), marked(OK), f" {words}")] if well else lines


def _service(one: Service, cells: int) -> Line:
    if one.state != "running":
        mark = PASSIVE if one.state == OFF else SILENT
        words = one.note if mark is SILENT else one.state
        return fit(line((f" {cut(one.name, 11):11} ", "grey"), marked(mark), (f" {words}", mark.word)), cells)
    mark = FLAG if one.exposed else OK
    clients = plural("{} client", "{} clients", one.clients).format(one.clients) if one.clients else ""
    text = f" {one.port:<5} {one.reach}"
    return line((f" {cut(one.name, 11):11} ", "grey"), marked(mark), text, (f"  {clients}", "grey"))


def appliance_lines(data: Overview, now: datetime, cells: int) -> list[Line]:
    """Network, internet, time, disk, version."""
    health = data.health
    network = (OK, health.address) if health.address else (PASSIVE, _("no network"))
    internet = _internet(health.internet)
    time = (OK, _("clock is set")) if health.clock_is_sure else (FLAG, _("clock was never set"))
    disk = OK if health.disk_used < 90 else FLAG
    temperature = f" · {health.temperature} °C" if health.temperature is not None else ""
    up = _("up {}").format(ago(health.up_since, now))
    return [
        _fact(_("network"), *network),
        fit(_fact(_("internet"), *internet), cells),
        _fact(_("time"), *time),
        (*_fact(_("disk"), disk, ""), *gauge(health.disk_used, 100, 12, disk.word), Piece(f" {health.disk_used} %")),
        (*_fact(_("version"), OK, health.version), *line((f" · {up}{temperature}", "grey"))),
    ]


def _internet(found: Access | None) -> tuple[Mark, str]:
    if found is None:
        return PASSIVE, _("not checked")
    return (OK, _("reached")) if found.reached else (FLAG, _("not reached: {}").format(found.sentence))


def _fact(name: str, mark: Mark, text: str) -> Line:
    return line((f" {name:11} ", "grey"), marked(mark), f" {text}")


def event_lines(data: Overview, zone: ZoneInfo, now: datetime, cells: int, *, compact: bool) -> list[Line]:
    """Newest first."""
    width = 9 if compact else 12
    lines = []
    for entry in data.events:
        source = entry.source.removeprefix("service.").removeprefix("bus.")
        begin = line(
            (f" {when(entry.created, now, zone, seconds=True):>9} ", "grey"),
            marked(SEVERITIES.get(entry.severity, PLAIN)),
        )
        text = line(f" {cut(source, width):{width}}  {entry.message}")
        lines.append(fit((*begin, *text), cells))
    return lines
