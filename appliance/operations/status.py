"""Orders that tell how the appliance is (operations.md §1)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from appliance.cron import Schedule
from appliance.events import BusState
from appliance.meters.selection import Status, medium_of
from appliance.operations.answer import Answer, Data, Table
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.glances import glances
from appliance.operations.health import surroundings
from appliance.operations.meter_state import slot_time, states_of
from appliance.operations.operation import operation
from appliance.operations.times import ago, local
from appliance.operations.to_do import ToDo, to_do
from appliance.operations.trial import waiting_words

READOUT_STATES: Final = ((Status.NEVER,), (Status.OK,), (Status.ERROR,), (Status.FAILED, Status.SILENT))
"""The four of settings.md §26.1: a silent meter is one whose readouts failed."""
TROUBLED = frozenset({BusState.OVERLOAD, BusState.JAMMED, BusState.LOST, BusState.REFUSED})


@operation("show version", level=0)
def show_version(call: Call) -> Answer:
    """Version of the program."""
    return Answer(lines=(f"busmeister {call.parts.version}",), data={"version": call.parts.version})


@operation("show status", level=1, short="sh st")
def show_status(call: Call) -> Answer:
    """Overview: meters, last and next round, bus, network, internet, time, disk, what to do about each warning."""
    parts, now = call.parts, call.now()
    meters = [meter for meter in parts.store.meters.all() if meter.active]
    counted = Counter(state.status for state in states_of(parts, meters))
    last = next(iter(parts.store.history.rounds(1)), None)
    coming = next_round(call)
    facts: dict[str, Data] = {
        "name": parts.settings.identity.name,
        "location": parts.settings.identity.location,
        "up_since": parts.started,
        "clock": str(parts.clock.quality),
        "meters": {str(status): counted[status] for status in Status},
        "last_round": None if last is None else slot_time(last.slot),
        "next_round": coming,
        "segments": {segment.name: str(segment.state) for segment in parts.engine.status()},
    }
    around = surroundings(call)
    place = f", {parts.settings.identity.location}" if parts.settings.identity.location else ""
    ended = f"{local(slot_time(last.slot), call.zone).text}, {last.answered} of {last.due} read" if last else "none yet"
    lines = [
        f"{parts.settings.identity.name}{place}   up {ago(parts.started, now)}   busmeister {parts.version}",
        f"meters      {_counts(counted, len(meters))}",
        f"last round  {ended}",
        f"next round  {local(coming, call.zone).text if coming else 'switched off'}",
        *(f"bus         {s.name} {s.state}  {s.url}  {s.sentence}".rstrip() for s in parts.engine.status()),
        *(f"{name:12}{words}" for name, words in around.items()),
    ]
    warnings = _warnings(call)
    told = (f"warning     {warning}" for warning in warnings)
    return Answer(lines=(*lines, *told), data=facts | around | {"warnings": list[Data](warnings)})


@operation("show warnings", level=1)
def show_warnings(call: Call) -> Answer:
    """Only what needs a hand, with the order that helps."""
    found = to_do(call, glances(call))
    rows = [(todo.what, _standing(call, todo), todo.advice, todo.order) for todo in found]
    told = [*call.parts.settings.problems]
    if not call.parts.store.meters.all():
        told.append("no meter is installed: meter add")
    rows += [("appliance", "", sentence, "") for sentence in told]
    return Answer(lines=() if rows else ("Nothing needs a hand.",), table=Table.of("what state advice order", rows))


@operation("show media", level=1)
def show_media(call: Call) -> Answer:
    """Meters by medium, with the four readout states."""
    meters = [meter for meter in call.parts.store.meters.all() if meter.active]
    counted: dict[str, Counter[Status]] = {}
    for meter, state in zip(meters, states_of(call.parts, meters), strict=True):
        counted.setdefault(medium_of(meter) or "unknown", Counter())[state.status] += 1
    rows = [
        (medium, found.total(), *(sum(found[status] for status in state) for state in READOUT_STATES))
        for medium, found in sorted(counted.items())
    ]
    names = "medium meters never_read ok meter_error readout_failed"
    return Answer(table=Table.of(names, rows, right=names.removeprefix("medium ")))


@operation("cron test", level=1)
def cron_test(call: Call, pattern: str, *, count: Count = 10) -> Answer:
    """Says when a schedule runs next."""
    schedule = Schedule.parse(pattern)
    runs, moment = [], call.now()
    for _ in range(min(count, 1000)):
        moment = schedule.next(moment, call.zone)
        runs.append((local(moment, call.zone),))
    return Answer(table=Table.of("run", runs))


def next_round(call: Call) -> datetime | None:
    """When meters without a schedule of their own are read next; None while that is switched off."""
    readout = call.parts.settings.readout
    if not readout.enabled:
        return None
    return Schedule.parse(readout.schedule).next(call.now(), call.zone)


def _standing(call: Call, todo: ToDo) -> str:
    return f"{todo.state} since {local(todo.since, call.zone).text}" if todo.since else todo.state


def _counts(counted: Counter[Status], total: int) -> str:
    if not total:
        return "none installed"
    others = [f"{counted[status]} {status}" for status in Status if status is not Status.OK and counted[status]]
    return ", ".join([f"{counted[Status.OK]} of {total} ok", *others])


def _warnings(call: Call) -> list[str]:
    parts = call.parts
    warnings = [*filter(None, (waiting_words(parts, call.now()),)), *parts.notices()]
    troubled = [segment for segment in parts.engine.status() if segment.state in TROUBLED]
    warnings += [f"segment {segment.name}: {segment.sentence or segment.state}" for segment in troubled]
    if not any(segment.url for segment in parts.settings.segment.values()):
        warnings.append("no segment has a line: segment add main URL")
    elif not parts.store.meters.all():
        warnings.append("no meters installed: meter add")
    return warnings
