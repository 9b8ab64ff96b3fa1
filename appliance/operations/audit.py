"""Orders about the audit trail (operations.md §12)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.moment import Moment
from appliance.operations.operation import operation
from appliance.operations.table_file import Form, write_table
from appliance.security.books import AuditRow

MONTH: Final = timedelta(days=31)
SHOWN: Final = "number time who door source what old new result"


@operation("audit list", level=3, also="show audit")
def audit_list(call: Call, *, since: Moment | None = None, user: str = "", count: Count = 50) -> Answer:
    """Who ordered what, from where, old and new value, result."""
    begin = since.at(call.now(), call.zone) if since else call.now() - MONTH
    rows = call.parts.doorkeeper.audit.newest(begin, user, count)
    return Answer(table=Table.of(SHOWN, [_cells(call, row) for row in rows], right="number"))


@operation("show changes", level=3)
def show_changes(call: Call) -> Answer:
    """Last setting changes with who and when."""
    newest = call.parts.doorkeeper.audit.newest(call.now() - MONTH, "", 1000)
    rows = [row for row in newest if row.act.what.startswith(("set ", "unset ")) and row.act.old != row.act.new]
    cells = [(_time(call, row), row.act.who, row.act.what.partition(" ")[2], row.act.old, row.act.new) for row in rows]
    return Answer(table=Table.of("time who setting old new", cells))


@operation("audit verify", level=3)
def audit_verify(call: Call) -> Answer:
    """Checks the chain."""
    verdict = call.parts.doorkeeper.audit.verify()
    if verdict.broken is not None:
        raise RefusedError(f"The audit trail was changed: {verdict.sentence}", Kind.STORAGE)
    sentence = f"{verdict.rows} rows from {verdict.first} on, the chain is whole"
    return Answer(lines=(sentence,), data={"rows": verdict.rows, "first": verdict.first, "whole": True})


@operation("audit export", level=3, audited=True, long=True)
def audit_export(call: Call, *, since: Moment | None = None, format_: Form = Form.CSV) -> Answer:
    """Writes the audit log with its hash chain."""
    begin = since.at(call.now(), call.zone) if since else None
    rows = (_plain(row) for row in call.parts.doorkeeper.audit.rows() if begin is None or row.at >= begin)
    name = write_table(call, "audit", [*SHOWN.split(), "link"], rows, format_)
    return Answer(sentence=name, data={"file": name})


def _plain(row: AuditRow) -> tuple[object, ...]:
    return row.number, row.at.isoformat(), *asdict(row.act).values(), row.link


def _cells(call: Call, row: AuditRow) -> tuple[object, ...]:
    return row.number, _time(call, row), *asdict(row.act).values()


def _time(call: Call, row: AuditRow) -> Cell:
    return Cell(row.at, f"{row.at.astimezone(call.zone):%Y-%m-%d %H:%M:%S}")
