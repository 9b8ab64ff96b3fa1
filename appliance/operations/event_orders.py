"""Orders about events: what came and went, and who has seen it (operations.md §12).

A cause that stands in "What to do" is called by its name, and whoever has seen it stands in the log for a week. An
event has a number, and whoever has seen it stands beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.log import Severity as Level
from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.glances import glances
from appliance.operations.moment import A_MONTH_AGO, Moment
from appliance.operations.operation import operation
from appliance.operations.times import local
from appliance.operations.to_do import SEEN, ToDo, seen_words, to_do
from appliance.settings.subjects.storage import Severity
from appliance.store.event_log import Event
from appliance.store.turns import What

COLUMNS: Final = "number source kind came went message seen_by"
ALL: Final = "all"
OWN: Final = "appliance"
SLACK: Final = timedelta(minutes=1)  # ahead of this clock: what came before it was set back is listed too
WORDS: Final = {
    What.READOUT_FAILED: "readout failed",
    What.METER_ERROR: "error flags",
    What.OVERLOAD: "M-Bus overload",
    What.JAMMED: "the line is never silent",
    What.SEGMENT_LOST: "no line",
    What.STORAGE_DAMAGED: "damaged database",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event as people read it."""

    event: Event
    source: str
    message: str

    @property
    def kind(self) -> str:
        """I, W or E."""
        return self.event.severity.name[0]


@operation("event list", level=1, also="show events")
def event_list(
    call: Call,
    *,
    since: Moment = A_MONTH_AGO,
    open_: bool = False,
    severity: Severity = Severity.INFO,
    count: Count = 1000,
) -> Answer:
    """Events with number, source, kind (I, W, E), came, went, message, newest first; open: those that last."""
    lowest = Level[severity.name]
    first = since.at(call.now(), call.zone)
    found = call.parts.store.events.events(first, call.now() + SLACK, severity=lowest, open_only=open_, count=count)
    rows = [
        (
            one.event.number,
            one.source,
            one.kind,
            local(one.event.came, call.zone),
            Cell(None, "lasts") if one.event.went is None else local(one.event.went, call.zone),
            one.message,
            one.event.seen_by,
        )
        for one in told(call, found)
    ]
    return Answer(table=Table.of(COLUMNS, rows, right="number"))


@operation("event acknowledge", level=2, audited=True)
def event_acknowledge(call: Call, *events: str) -> Answer:
    """Marks events as seen, by number or by name; without any, all that are open."""
    names = {ALL} if not events else set(events)
    lasting = told(call, call.parts.store.events.events(call.now(), call.now() + SLACK, open_only=True))
    causes = to_do(call, glances(call))
    _refuse_unknown(names, lasting, causes)
    seen = [one for one in lasting if names & {ALL, one.source, str(one.event.number)}]
    named = names | {one.source for one in seen}
    chosen = [one for one in causes if named & {ALL, one.what} and not one.seen]
    fresh = [one for one in seen if not one.event.seen_by]
    for cause in chosen:
        call.parts.store.journal.add(Level.INFO, SEEN, f"{seen_words(cause)}{call.who}")
    call.parts.store.flush()
    call.parts.store.events.seen([one.event.number for one in fresh], call.who)
    number = len({cause.what for cause in chosen} | {one.source for one in fresh})
    return Answer(sentence=f"{number} event{'s' * (number != 1)} marked as seen")


def told(call: Call, events: Sequence[Event]) -> list[Told]:
    """With the names of the meters and lines they are about."""
    labels = {str(meter.id): meter.label for meter in call.parts.store.meters.all()}
    return [Told(one, _source(one, labels), _message(one)) for one in events]


def _source(event: Event, labels: Mapping[str, str]) -> str:
    if event.what.is_of_a_meter:
        return labels.get(event.about, f"id={event.about}")
    return OWN if event.what in (What.BOOT, What.STORAGE_DAMAGED) else f"Segment {event.about}"


def _message(event: Event) -> str:
    return ": ".join(filter(None, (WORDS.get(event.what, ""), event.message)))


def _refuse_unknown(names: Collection[str], lasting: Sequence[Told], causes: Sequence[ToDo]) -> None:
    known = (
        {ALL} | {one.what for one in causes} | {word for one in lasting for word in (one.source, str(one.event.number))}
    )
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise RefusedError(f"No event {unknown} is open: event list open=true names them.", Kind.NOT_FOUND)
