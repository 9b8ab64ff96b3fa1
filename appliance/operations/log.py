"""Orders about the system log (operations.md §12)."""

from __future__ import annotations

from typing import Annotated

from appliance.log import Severity as Level
from appliance.operations.answer import Answer, Table
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.moment import Moment
from appliance.operations.operation import operation
from appliance.operations.reading import A_DAY_AGO, NOW
from appliance.operations.times import local
from appliance.settings.kinds import Text
from appliance.settings.subjects.storage import Severity

Note = Annotated[str, Text(1, 500)]


@operation("log list", level=1, also="show log")
def log_list(
    call: Call,
    *,
    since: Moment = A_DAY_AGO,
    until: Moment = NOW,
    severity: Severity = Severity.INFO,
    source: str = "",
    text: str = "",
    count: Count = 50,
) -> Answer:
    """System log, newest first."""
    first, last = (moment.at(call.now(), call.zone) for moment in (since, until))
    lowest = Level[severity.name]
    found = call.parts.store.journal.entries(first, last, severity=lowest, source=source, text=text, count=count)
    rows = [
        (local(line.created, call.zone), Level(line.severity).name.lower(), line.source, line.message) for line in found
    ]
    return Answer(table=Table.of("time severity source message", rows))


@operation("log note", level=2)
def log_note(call: Call, text: Note) -> Answer:
    """Writes a line of one's own, such as "fuse changed"."""
    call.parts.store.journal.add(Level.INFO, "note", f"{call.who}: {text}")
    call.parts.store.flush()
    return Answer(sentence="noted")
