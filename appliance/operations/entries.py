"""The system log, as far as the person who looks may see it.

What the audit trail tells goes to the log as well, for the host's journal: who ordered what, from where, old and new
values. Whoever may not see the trail does not see it here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from appliance.log import Entry, Severity
from appliance.operations.call import Call

AUDIT_LEVEL: Final = 3
AUDIT_STREAMS: Final = ("audit", "settings")


def entries(
    call: Call,
    since: datetime,
    until: datetime,
    *,
    severity: Severity = Severity.INFO,
    source: str = "",
    text: str = "",
    count: int,
) -> list[Entry]:
    """Newest first."""
    return call.parts.store.journal.entries(
        since, until, severity=severity, source=source, text=text, without=hidden(call), count=count
    )


def may_see(call: Call, entry: Entry) -> bool:
    """Whether an entry that was just written is for this person."""
    return entry.source not in hidden(call)


def hidden(call: Call) -> tuple[str, ...]:
    """Streams this person must not see."""
    return () if call.level >= AUDIT_LEVEL else AUDIT_STREAMS
