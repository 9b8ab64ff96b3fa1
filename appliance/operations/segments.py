"""Orders about segments (operations.md §6)."""

from __future__ import annotations

from typing import Annotated

from appliance.errors import Kind, LineLost, RefusedError
from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.call import Call
from appliance.operations.lines_now import LineNow, lines_now, retry_words
from appliance.operations.operation import operation
from appliance.settings import row_of
from appliance.settings.kinds import Integer, Text
from appliance.settings.subjects.bus import BAUD_RATES
from appliance.settings.table import MEMBER

Name = Annotated[str, Text(1, 32)]
BaudRate = Annotated[int, Integer(unit="Bd", of=(0, *BAUD_RATES))]


def in_use(call: Call, name: str) -> bool:
    """Whether a segment has a line and is switched on."""
    return any(segment.name == name for segment in call.parts.engine.status())


def why_not_in_use(call: Call, name: str) -> str:
    """What is missing, with the order that mends it."""
    known = call.parts.settings.segment
    if name in known and known[name].url:
        return f"segment {name} is switched off: set segment.{name}.enabled=true"
    return f"segment {name} has no line: segment add {name} URL"


@operation("segment add", level=3, audited=True)
def segment_add(call: Call, name: Name, url: str, *, baud_rate: BaudRate = 0) -> Answer:
    """Adds a segment and tests it."""
    if MEMBER.fullmatch(name) is None:
        raise RefusedError(
            f"A segment's name is a small letter and up to 31 more of a-z 0-9 _ -, not {name}.", Kind.VALUE
        )
    if name in call.parts.settings.segment and call.parts.settings.segment[name].url:
        raise RefusedError(
            f"There is a segment {name} already: set segment.{name}.url={url} changes it.", Kind.CONFLICT
        )
    prefix = f"segment.{name}."
    row_of(f"{prefix}url").setting.parse(f"{prefix}url", url)
    finding = _test(call, name, url, baud_rate or call.parts.settings.bus.baud_rate)
    call.parts.settings.set({f"{prefix}url": url, f"{prefix}baud_rate": str(baud_rate)}, call.who)
    call.parts.engine.reconfigure()
    return Answer(lines=(finding,), data={"segment": name, "url": url, "finding": finding})


@operation("segment delete", level=3, audited=True, confirms="For good?")
def segment_delete(call: Call, name: Name) -> Answer:
    """Deletes one that no meter uses."""
    settings = call.parts.settings
    if name not in settings.segment or not settings.segment[name].url:
        raise RefusedError(f"There is no segment {name}.", Kind.NOT_FOUND)
    users = [meter for meter in call.parts.store.meters.all() if meter.segment == name]
    if users:
        raise RefusedError(f"{len(users)} meters are on segment {name}: delete or move them first.", Kind.CONFLICT)
    settings.unset([line.name for line in settings.lines(f"segment.{name}") if not line.is_default], call.who)
    call.parts.engine.reconfigure()
    return Answer()


@operation("show segments", level=1, also="segment list")
def show_segments(call: Call) -> Answer:
    """Segments with line, baud rate, state and number of meters."""
    meters, settings = call.parts.store.meters.all(), call.parts.settings.segment
    rows = [
        (
            segment.name,
            segment.url,
            segment.baud_rate,
            segment.state,
            segment.queue,
            sum(meter.segment == segment.name for meter in meters),
            settings[segment.name].description if segment.name in settings else "",
            segment.sentence,
        )
        for segment in call.parts.engine.status()
    ]
    return Answer(
        table=Table.of(
            "segment line baud_rate state queue meters description sentence", rows, right="baud_rate queue meters"
        )
    )


@operation("show bus", level=1)
def show_bus(call: Call) -> Answer:
    """Segments as they are: state, baud rate, round, queue, load, retries, collisions, unit loads."""
    settings = call.parts.settings.segment
    rows = []
    for line in lines_now(call):
        feeds = settings[line.name].unit_loads if line.name in settings else 0
        counted = (line.counters.repeats, line.counters.collisions, line.counters.silences)
        loads = Cell(line.meters, f"{line.meters} of {feeds}")
        rows.append(
            (line.name, line.state, line.baud_rate, _round(call, line), line.queue, _load(call, line), *counted, loads)
        )
    names = "segment state baud_rate round queue load retries collisions silences unit_loads"
    return Answer(table=Table.of(names, rows, right="baud_rate queue load retries collisions silences"))


def _round(call: Call, line: LineNow) -> Cell:
    """`41/62`, blank between rounds."""
    one = line.round
    if one is None:
        return Cell(None, "")
    done = one.answered + one.missed
    data = {"done": done, "due": one.due, "waits_until": one.waits_until}
    return Cell(data, ", ".join(filter(None, (f"{done}/{one.due}", retry_words(one, call.zone)))))


def _load(call: Call, line: LineNow) -> Cell:
    """How much of the time between two rounds the last one took."""
    last, before = (*call.parts.store.history.rounds(2, line.name), None, None)[:2]
    if last is None or before is None or last.ended is None or last.slot <= before.slot:
        return Cell(None, "–")
    per_cent = round(100 * (last.ended - last.began).total_seconds() / (last.slot - before.slot))
    return Cell(per_cent, f"{per_cent} %")


def _test(call: Call, name: str, url: str, baud_rate: int) -> str:
    """Open the line once; one that cannot be opened now is refused, with the order that takes it all the same."""
    line = call.parts.open_line(url)
    try:
        line.open(baud_rate)
    except LineLost as error:
        raise RefusedError(f"{error} To take it all the same: set segment.{name}.url={url}", Kind.BUS) from error
    finally:
        line.close()
    return f"{url.partition(':')[0]} {baud_rate} Bd opened"
