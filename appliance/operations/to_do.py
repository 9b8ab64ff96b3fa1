"""What a person should do, by worry: one entry for each cause, with the evidence and one sentence of advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from appliance.events import BusState
from appliance.log import Entry
from appliance.meters.selection import Status
from appliance.operations.call import Call
from appliance.operations.glances import FAILED, Glance
from appliance.operations.times import span
from appliance.operations.trial import waiting_words
from appliance.security.doorkeeper import HOW_TO_SET_UP

SET_UP: Final = "Set-up"
SEEN: Final = "event"  # source of the lines of the log that say who has seen what
SEEN_FOR: Final = timedelta(days=7)
SEEN_LINES: Final = 200
NAMED: Final = 2  # meters of one cause that are called by name
ADVICE: Final = {
    0x04: "low power: replace the battery or look at its supply",
    0x08: "permanent error: have the meter looked at",
    0x10: "temporary error: look again after the next round",
    0x03: "the meter's application reports an error: look at it",
}
LINE: Final = {
    BusState.OVERLOAD: "readouts stopped: look for a short circuit, or too many meters on the line",
    BusState.JAMMED: "something talks all the time: take meters off until it is quiet",
    BusState.LOST: "it is opened again and again: look at plug, cable and converter",
    BusState.REFUSED: "the line cannot be opened as set: busmeister doctor says why",
}


@dataclass(frozen=True, slots=True)
class ToDo:
    """One cause."""

    word: str  # silent, flag, never: the colour and symbol of its state
    what: str
    since: datetime | None
    state: str  # "silent", "low power", "never read"
    advice: str
    to: str  # address of the screen where it is cured
    order: str = ""  # what to type that helps, or tells more
    seen: str = ""  # who said so


def to_do(call: Call, seen: Iterable[Glance]) -> tuple[ToDo, ...]:
    """Everything there is to do, the worst first."""
    active = sorted((glance for glance in seen if glance.meter.active), key=lambda one: one.meter.label)
    found = (*_set_up(call), *_lines(call), *_silent(call, active), *_flagged(active), *_never(active), *_whole(call))
    return _with_seen(call, found) if found else ()


def seen_words(one: ToDo) -> str:
    """How the log says that somebody has seen it, before the name."""
    return f"{one.what}, {one.state}: seen by "


def _with_seen(call: Call, found: Sequence[ToDo]) -> tuple[ToDo, ...]:
    """Seen is what somebody said so of since it came, within a week."""
    now = call.now()
    said = call.parts.store.journal.entries(now - SEEN_FOR, now + timedelta(days=1), source=SEEN, count=SEEN_LINES)
    return tuple(replace(one, seen=_seen_by(one, said)) for one in found)


def _seen_by(one: ToDo, said: Sequence[Entry]) -> str:
    words = seen_words(one)
    names = (
        entry.message.removeprefix(words)
        for entry in said
        if entry.message.startswith(words) and (one.since is None or entry.created >= one.since)
    )
    return next(names, "")


def _set_up(call: Call) -> Iterator[ToDo]:
    if not call.parts.doorkeeper.is_set_up:
        yield ToDo("flag", SET_UP, None, "nobody gets in from elsewhere", HOW_TO_SET_UP, "first-start", "setup CODE")


def _lines(call: Call) -> Iterator[ToDo]:
    for segment in call.parts.engine.status():
        if segment.state in LINE:
            advice = segment.sentence or LINE[segment.state]
            what, order = f"Segment {segment.name}", f"bus test {segment.name}"
            yield ToDo("silent", what, None, str(segment.state), advice, "bus", order)


def _silent(call: Call, active: Sequence[Glance]) -> Iterator[ToDo]:
    """Meters of one segment that fell silent in the same round have one cause."""
    silent = [glance for glance in active if glance.status in FAILED]
    silent.sort(key=lambda one: (one.failed_since is None, one.failed_since, one.meter.segment))
    for (since, segment), group in groupby(silent, key=lambda one: (one.failed_since, one.meter.segment)):
        meters = list(group)
        failed = f"{meters[0].failures} readout{'s' * (meters[0].failures != 1)} failed"
        if len(meters) > 1:
            advice = f"{failed}; all on {segment} since the same round: look at their common cable"
        else:
            advice = f"{failed}; {_first_letter_small(meters[0].reason)}" if meters[0].reason else failed
        yield ToDo("silent", _names(meters), since, "silent", advice, _address(meters), _explain(meters[0]))


def _flagged(active: Sequence[Glance]) -> Iterator[ToDo]:
    for glance in active:
        if glance.status is Status.ERROR:
            octet = glance.octet or 0
            advice = next((text for bits, text in ADVICE.items() if octet & bits), "look at the meter")
            what, to, order = glance.meter.label, _address([glance]), _explain(glance)
            yield ToDo("flag", what, None, glance.words, advice, to, order)


def _never(active: Sequence[Glance]) -> Iterator[ToDo]:
    never = [glance for glance in active if glance.status is Status.NEVER]
    if never:
        advice, order = "the next round reads it; r reads it now", f"meter read id={never[0].meter.id}"
        yield ToDo("never", _names(never), None, "never read", advice, _address(never), order)


def _whole(call: Call) -> Iterator[ToDo]:
    if waiting := waiting_words(call.parts, call.now()):
        yield ToDo("flag", "Configuration", None, "not confirmed", waiting, "log", "configuration confirm")
    for notice in call.parts.notices():
        yield ToDo("silent", "Appliance", None, "trouble", notice, "log", "log list")
    if first_steps_wait(call):
        advice = "set the time zone and name: palette, first start"
        yield ToDo("flag", "First start", None, "not finished", advice, "first-start")
    if not call.parts.settings.readout.enabled:
        advice, to = "set readout.enabled to true", "settings/readout.enabled"
        yield ToDo("flag", "Readouts", None, "switched off", advice, to, "readout start")
    if not any(segment.url for segment in call.parts.settings.segment.values()):
        yield ToDo("flag", "Bus", None, "no line", "segment add main URL", "bus", "segment add main URL")


def first_steps_wait(call: Call) -> bool:
    """Whether there is an administrator, but nobody has told name, place or time zone yet."""
    told = call.parts.settings.kept(("identity.name", "identity.location", "time.zone"))
    return call.parts.doorkeeper.is_set_up and not any(told.values())


def _names(meters: Sequence[Glance]) -> str:
    names = ", ".join(glance.meter.label for glance in meters[:NAMED])
    return f"{names} and {len(meters) - NAMED} more" if len(meters) > NAMED else names


def _address(meters: Sequence[Glance]) -> str:
    return f"meters/{meters[0].meter.id}" if len(meters) == 1 else "meters"


def _explain(glance: Glance) -> str:
    return f"meter explain id={glance.meter.id}"


def _first_letter_small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def since_text(todo: ToDo, now: datetime) -> str:
    """`silent for 46 min`."""
    return f"{todo.state} for {span(now - todo.since)}" if todo.since else todo.state
