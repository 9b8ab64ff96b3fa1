"""Orders about the system log (operations.md §12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from appliance.events import LogWritten
from appliance.log import Entry
from appliance.log import Severity as Level
from appliance.operations.answer import Answer, Item, Live, Table
from appliance.operations.arguments import Count, Group
from appliance.operations.call import Call
from appliance.operations.entries import entries, may_see
from appliance.operations.moment import A_DAY_AGO, NOW, Moment
from appliance.operations.operation import operation
from appliance.operations.table_file import Form, write_table
from appliance.operations.times import local
from appliance.settings.kinds import Text
from appliance.settings.subjects.storage import Severity

Note = Annotated[str, Text(1, 500)]
COLUMNS: Final = "time severity source message"
EXPORTED: Final = 100_000  # entries of one export


@dataclass(frozen=True, kw_only=True)
class Wanted(Group):
    """Which entries of the log."""

    since: Moment = A_DAY_AGO
    until: Moment = NOW
    severity: Severity = Severity.INFO
    source: str = ""
    text: str = ""

    def of(self, call: Call, count: int) -> list[Entry]:
        """Newest first, as far as this person may see them."""
        first, last = (moment.at(call.now(), call.zone) for moment in (self.since, self.until))
        lowest = Level[self.severity.name]
        return entries(call, first, last, severity=lowest, source=self.source, text=self.text, count=count)


@operation("log list", level=1, also="show log")
def log_list(call: Call, *, wanted: Wanted, count: Count = 50) -> Answer:
    """System log, newest first."""
    rows = [
        (local(one.created, call.zone), one.severity.name.lower(), one.source, one.message)
        for one in wanted.of(call, count)
    ]
    return Answer(table=Table.of(COLUMNS, rows))


@operation("log watch", level=1)
def log_watch(call: Call, *, severity: Severity = Severity.INFO, count: Count | None = None) -> Answer:
    """Follows the log."""
    lowest = Level[severity.name]
    following = call.parts.hub.follow(LogWritten)
    seen = (event.entry for event in following if event.entry.severity >= lowest and may_see(call, event.entry))
    return Answer(live=Live((_item(call, entry) for entry in seen), following.close, count))


@operation("log export", level=1, long=True)
def log_export(call: Call, *, wanted: Wanted, count: Count = EXPORTED, format_: Form = Form.CSV) -> Answer:
    """Writes the filtered log to the repository."""
    found = wanted.of(call, count)
    rows = ((one.created.isoformat(), one.severity.name.lower(), one.source, one.message) for one in found)
    name = write_table(call, "log", COLUMNS.split(), rows, format_, len(found))
    return Answer(sentence=f"{name}, {len(found)} entries", data={"file": name, "entries": len(found)})


@operation("log clear", level=3, audited=True, confirms="For good?")
def log_clear(call: Call) -> Answer:
    """Empties the system log, never the audit log."""
    call.parts.store.journal.clear()
    return Answer()


@operation("log note", level=2, acts=True)
def log_note(call: Call, text: Note) -> Answer:
    """Writes a line of one's own, such as "fuse changed"."""
    call.parts.store.journal.add(Level.INFO, "note", f"{call.who}: {text}")
    call.parts.store.flush()
    return Answer(sentence="noted")


def _item(call: Call, entry: Entry) -> Item:
    severity = entry.severity.name.lower()
    line = f"{entry.created.astimezone(call.zone):%H:%M:%S}  {severity:7}  {entry.source}  {entry.message}"
    data = {"time": entry.created, "severity": severity, "source": entry.source, "message": entry.message}
    return Item(line, data)
