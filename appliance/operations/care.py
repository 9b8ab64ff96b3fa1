"""Orders to examine the appliance: its machine, and its database from end to end (operations.md §11)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

from appliance.checks.clock import check_clock, is_synchronised
from appliance.checks.finding import Finding, Level
from appliance.checks.folder import check_files, check_folder
from appliance.checks.program import check_program
from appliance.checks.serial import check_serial_ports
from appliance.errors import Kind, RefusedError
from appliance.meters.units import digits
from appliance.operations.answer import Answer, Table
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.times import local
from appliance.store.soundness import CONTRADICTIONS

RECENT = timedelta(days=31)  # whose gaps are told where not all are asked for


@operation("system doctor", level=2, long=True)
def system_doctor(call: Call) -> Answer:
    """Checks ports, rights, clock, disk, database, versions and says what to do."""
    findings = []
    for finding in examine(call):
        findings.append(finding)
        call.report(len(findings), 0, finding.subject)
    rows = [(str(one.level), one.subject, one.sentence, one.remedy) for one in findings]
    bad = sum(one.level is not Level.OK for one in findings)
    return Answer(
        table=Table.of("level subject finding remedy", rows),
        sentence=f"{bad} of {len(findings)} need a hand" if bad else f"{len(findings)} checks, all well",
    )


def examine(call: Call) -> Iterator[Finding]:
    """What `busmeister doctor` looks at, seen from inside the appliance that runs."""
    parts = call.parts
    own = str(os.getpid())
    yield from check_program()
    yield from check_clock(parts.clock, is_synchronised(), os.environ)
    yield from check_folder(parts.data_folder)
    yield from check_files(parts.data_folder, own)
    if parts.serial_ports is not None:
        yield from check_serial_ports(parts.serial_ports, own)


@operation("system check", level=3, audited=True, long=True)
def system_check(call: Call, *, full: bool = False) -> Answer:
    """Checks the database from end to end, explains each gap; full looks at indexes and at all gaps there are."""
    store = call.parts.store
    steps = len(CONTRADICTIONS) + 2
    call.report(0, steps, "pages of the database")
    if trouble := store.housekeeping.check(full=full):
        raise RefusedError(trouble, Kind.STORAGE)
    wrong = []
    for done, sentence in enumerate(store.soundness.contradictions(), 1):
        wrong += [sentence] * bool(sentence)
        call.report(done, steps, "readings, reasons, layouts")
    since = 0 if full else int((call.now() - RECENT).timestamp())
    gaps = store.soundness.gaps(since)
    call.report(steps, steps)
    if wrong:
        raise RefusedError(f"The database contradicts itself: {'; '.join(wrong)}.", Kind.STORAGE)
    rows = [(str(g.reason), g.slots, g.meters, local(g.first, call.zone), local(g.last, call.zone)) for g in gaps]
    return Answer(
        table=Table.of("reason slots meters first last", rows, right="slots meters"),
        sentence=f"sound; {_told(sum(g.slots for g in gaps), full=full)}",
    )


def _told(slots: int, *, full: bool) -> str:
    when = "" if full else f" in {RECENT.days} days"
    if not slots:
        return f"no slot without a value{when}"
    return f"slots without a value{when}, each with its reason: {digits(slots)}"
