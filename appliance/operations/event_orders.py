"""Orders about what came and did not go (operations.md §12). Somebody's "seen" is a line of the log, for a week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.log import Severity
from appliance.operations.answer import Answer, Table
from appliance.operations.call import Call
from appliance.operations.glances import glances
from appliance.operations.operation import operation
from appliance.operations.times import local
from appliance.operations.to_do import SEEN, ToDo, seen_words, to_do

COLUMNS: Final = "number kind event state came seen_by advice"
ALL: Final = "all"


@operation("event list", level=1, also="show events")
def event_list(call: Call) -> Answer:
    """Events that came and did not go, with number, kind, state, since when, who has seen them, advice."""
    rows = [
        (number, one.word, one.what, one.state, local(one.since, call.zone), one.seen, one.advice)
        for number, one in enumerate(_open(call), 1)
    ]
    return Answer(table=Table.of(COLUMNS, rows, right="number"))


@operation("event acknowledge", level=2, audited=True)
def event_acknowledge(call: Call, *events: str) -> Answer:
    """Marks events as seen, by number or by name; without any, all that are open."""
    chosen = [one for one in _chosen(_open(call), events or (ALL,)) if not one.seen]
    for one in chosen:
        call.parts.store.journal.add(Severity.INFO, SEEN, f"{seen_words(one)}{call.who}")
    call.parts.store.flush()
    return Answer(sentence=f"{len(chosen)} event{'s' * (len(chosen) != 1)} marked as seen")


def _open(call: Call) -> Sequence[ToDo]:
    return to_do(call, glances(call))


def _chosen(standing: Sequence[ToDo], names: Sequence[str]) -> Sequence[ToDo]:
    if ALL in names:
        return standing
    known = {str(number): one for number, one in enumerate(standing, 1)} | {one.what: one for one in standing}
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise RefusedError(f"No event {unknown} is open: event list names them.", Kind.NOT_FOUND)
    return [known[name] for name in names]
