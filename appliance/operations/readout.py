"""Orders about the readout as a whole: on and off, now, how long it takes, what it did (operations.md §1, §6)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final

from appliance.cron import PRESETS, Schedule
from appliance.errors import Kind, RefusedError
from appliance.meters.meter import Meter
from appliance.operations.answer import Answer, Data, Table
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.lines_now import lines_now, retry_words
from appliance.operations.meter_state import slot_time, states_of
from appliance.operations.moment import A_DAY_AGO, Moment
from appliance.operations.operation import operation
from appliance.operations.planner import cable_length, period_of, seconds_of, shortest_that_fits
from appliance.operations.segments import BaudRate, in_use, why_not_in_use
from appliance.operations.settings import change
from appliance.operations.times import local
from appliance.operations.waiting import reads
from appliance.ports import Heard, Missed
from appliance.settings.kinds import CronText, ScheduleText
from appliance.settings.subjects.bus import Segment

PERIODS: Final = 50  # runs of a schedule that are looked at for its shortest period
NEXT_RUNS: Final = 3
ScheduleWord = Annotated[str, ScheduleText()]


class Switch(StrEnum):
    """Of the continuous readout."""

    ON = "on"
    OFF = "off"


@operation("readout start", level=2, audited=True)
def readout_start(call: Call) -> Answer:
    """Switches scheduled readouts on."""
    return change(call, {"readout.enabled": "true"})


@operation("readout stop", level=2, audited=True)
def readout_stop(call: Call) -> Answer:
    """Switches scheduled readouts off."""
    return change(call, {"readout.enabled": "false"})


@operation("readout continuous", level=2, audited=True)
def readout_continuous(call: Call, state: Switch) -> Answer:
    """Switches continuous readout."""
    return change(call, {"readout.continuous.enabled": "true" if state is Switch.ON else "false"})


@operation("readout now", level=2, audited=True, long=True)
def readout_now(call: Call) -> Answer:
    """Runs the scheduled round at once; its slot is the present one."""
    results = call.parts.engine.round_now(call.job).result()
    data = {"due": len(results), "answered": sum(isinstance(result, Heard) for result in results)}
    if not results:
        refuse_without_line(call)
        return Answer(sentence="every meter has its reading of the present slot", data=data)
    found = [(call.parts.store.meters.find(result.meter), result) for result in results]
    failed = [(meter, result) for meter, result in found if meter is not None and isinstance(result, Missed)]
    broken_off = call.job is not None and call.job.cancelled
    if failed and not data["answered"] and not broken_off:
        raise RefusedError(why_none(failed), Kind.BUS)
    return Answer(sentence=f"{data['answered']} of {data['due']} meters read", data=data)


@operation("readout plan", level=1)
def readout_plan(call: Call, *, schedule: ScheduleWord | None = None, baud_rate: BaudRate = 0) -> Answer:
    """Bus planner: seconds needed of each period, load units, cable advice, next runs."""
    when = Schedule.parse(schedule or call.parts.settings.readout.schedule, call.parts.serial)
    runs, moment = [], call.now()
    for _ in range(PERIODS):
        moment = when.next(moment, call.zone)
        runs.append(moment)
    period = period_of([run.timestamp() for run in runs])
    plans = [
        _plan(call, name, segment, baud_rate, period)
        for name, segment in call.parts.settings.segment.items()
        if segment.url
    ]
    if not plans:
        raise RefusedError("No segment has a line: segment add main URL.", Kind.NOT_FOUND)
    coming = ", ".join(local(run, call.zone).text for run in runs[:NEXT_RUNS])
    lines = [line for lines, _ in plans for line in lines]
    data = {"period": period, "next_runs": runs[:NEXT_RUNS], "segments": [facts for _, facts in plans]}
    return Answer(lines=(*lines, f"Next runs {coming}."), data=data)


@operation("show rounds", level=1)
def show_rounds(call: Call, *, count: Count = 20) -> Answer:
    """Last rounds: due, begun, ended, meters, how many of them answered, failed and were not asked, retries."""
    rounds = call.parts.store.history.rounds(count)
    failed = call.parts.store.standing.failures_in(done.slot for done in rounds)
    segments = {meter.id: meter.segment for meter in call.parts.store.meters.all()}
    rows = []
    for done in rounds:
        failures = sum(segments.get(meter) == done.segment for meter in failed.get(done.slot, ()))
        failures = min(failures, done.missed)
        times = (local(moment, call.zone) for moment in (slot_time(done.slot), done.began, done.ended))
        counts = done.due, done.answered, failures, done.missed - failures, done.retries
        rows.append((done.number, done.segment, *times, *counts))
    counted = "meters ok failed not_asked retries"
    table = Table.of(f"number segment due begun ended {counted}", rows, f"number {counted}")
    return Answer(lines=tuple(_under_way(call)), table=table)


def _under_way(call: Call) -> Iterator[str]:
    """`main: round 06:00, 18 of 20 done, waits until 06:02:07 to ask 2 again`."""
    for line in lines_now(call):
        if (one := line.round) is not None:
            words = f"{line.name}: round {slot_time(one.slot).astimezone(call.zone):%H:%M}, "
            words += f"{one.answered + one.missed} of {one.due} done"
            yield ", ".join(filter(None, (words, retry_words(one, call.zone))))


@operation("show gaps", level=1)
def show_gaps(call: Call, *, since: Moment = A_DAY_AGO, count: Count = 1000) -> Answer:
    """Slots without value, each with its reason."""
    first = int(since.at(call.now(), call.zone).timestamp())
    meters = {meter.id: meter for meter in call.parts.store.meters.all()}
    rows = [
        (
            local(slot_time(missed.slot), call.zone),
            meters[missed.meter].label if missed.meter in meters else f"id={missed.meter}",
            missed.reason,
            missed.detail,
        )
        for missed in call.parts.store.readings.missed(first, count=count)
    ]
    return Answer(table=Table.of("slot meter reason detail", rows))


@operation("show schedules", level=1)
def show_schedules(call: Call) -> Answer:
    """Scheduled tasks: name, pattern, next run, active now."""
    return Answer(table=schedules(call))


def schedules(call: Call) -> Table:
    """Every scheduled task."""
    lines = [line for line in call.parts.settings.lines("") if isinstance(line.setting.kind, ScheduleText | CronText)]
    planned = [(line.name.removesuffix(".schedule"), line.shown) for line in lines if line.shown]
    own = sorted({meter.schedule for meter in call.parts.store.meters.all() if meter.active and meter.schedule})
    planned += [(f"readout of meters with {text}", text) for text in own]
    reading = reads(call)
    rows = [(name, text, _next(call, name, text), reading and name.startswith("readout")) for name, text in planned]
    return Table.of("task pattern next_run active", rows)


@operation("show presets", level=1)
def show_presets(call: Call) -> Answer:
    """Schedule presets."""
    rows = [
        (name, seconds, local(Schedule.parse(name).next(call.now(), call.zone), call.zone))
        for name, seconds in PRESETS.items()
    ]
    return Answer(table=Table.of("preset seconds next_run", rows, right="seconds"))


def refuse_without_line(call: Call) -> None:
    """Where there is nothing to read because there is no way to a meter, or no meter."""
    active = [meter for meter in call.parts.store.meters.all() if meter.active]
    if not active:
        raise RefusedError("No meter is read: add one with meter add.", Kind.NOT_FOUND)
    without = sorted({meter.segment for meter in active if not in_use(call, meter.segment)})
    if without:
        count = sum(meter.segment in without for meter in active)
        raise RefusedError(
            f"{count} of {len(active)} meters cannot be read: {why_not_in_use(call, without[0])}", Kind.BUS
        )


def why_none(failed: list[tuple[Meter, Missed]]) -> str:
    """Nobody was read."""
    meter, missed = failed[0]
    if len(failed) > 1:
        return f"None of {len(failed)} meters was read; the first, {meter.label}: {missed.detail}"
    return missed.detail


def _plan(call: Call, name: str, segment: Segment, baud_rate: int, period: float) -> tuple[list[str], dict[str, Data]]:
    meters = call.parts.store.meters.meters(name)
    newest = {m.id: state.newest for m, state in zip(meters, states_of(call.parts, meters), strict=True)}
    rate = baud_rate or segment.baud_rate or call.parts.settings.bus.baud_rate
    needed = seconds_of(meters, newest, rate, only_rate=bool(baud_rate))
    cable = cable_length(len(meters), segment.cable.diameter)
    head = f"{name}: {len(meters)} meters at {rate} Bd need {needed:.0f} s of every {period:.0f} s."
    loads = f"Unit loads {len(meters)} of {segment.unit_loads}. Cable to {cable / 1000:.1f} km."
    lines = [f"{head} {loads}"]
    if needed > period:
        shortest = shortest_that_fits(needed, PRESETS)
        lines.append(f"The period is too short: {shortest} is the shortest that fits.")
    if len(meters) > segment.unit_loads:
        lines.append(f"The master feeds {segment.unit_loads} unit loads: {len(meters)} are too many.")
    if segment.cable.length > cable:
        lines.append(f"The cable of {segment.cable.length} m is too long for {len(meters)} unit loads.")
    facts: dict[str, Data] = {
        "segment": name,
        "meters": len(meters),
        "baud_rate": rate,
        "seconds": round(needed),
        "unit_loads": segment.unit_loads,
        "cable": cable,
        "fits": needed <= period,
    }
    return lines, facts


def _next(call: Call, name: str, text: str) -> object:
    if not _is_on(call, name):
        return "switched off"
    return local(Schedule.parse(text, call.parts.serial).next(call.now(), call.zone), call.zone)


def _is_on(call: Call, name: str) -> bool:
    """Whether the switch beside the schedule is on; a schedule without one always runs."""
    subject = "readout" if name.startswith("readout") else name
    switch = next(iter(call.parts.settings.lines(f"{subject}.enabled")), None)
    return switch is None or switch.text != "false"
