"""Settings for views that edit them: the values in force, and who changed them last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from appliance.operations.call import Call
from appliance.settings import Line

LOOK_BACK: Final = timedelta(days=1)
ROWS: Final = 200  # of the audit trail, the newest


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who gave a setting the value it has."""

    who: str
    at: datetime


def settings_now(call: Call) -> tuple[Line, ...]:
    """Every setting there is."""
    call.need_level(1, "the settings")
    return tuple(call.parts.settings.lines())


def last_changes(call: Call, names: Collection[str]) -> dict[str, LastChange]:
    """Who changed these lately, by name; of some nobody is known."""
    call.need_level(1, "the settings")
    rows = call.parts.doorkeeper.audit.newest(call.now() - LOOK_BACK, "", ROWS)
    found: dict[str, LastChange] = {}
    for row in rows:
        order, _, name = row.act.what.partition(" ")
        if order in ("set", "unset") and name in names and row.act.old != row.act.new:
            found.setdefault(name, LastChange(row.act.who, row.at))
    return found
