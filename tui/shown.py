"""How times, lengths of time and states are written on every screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appliance.meters.selection import Status
from appliance.operations.glances import Glance
from tui.text import _
from tui.words import FLAG, NEVER, OK, PASSIVE, SILENT, Mark

MARK_OF = {
    Status.OK: OK,
    Status.ERROR: FLAG,
    Status.FAILED: SILENT,
    Status.SILENT: SILENT,
    Status.NEVER: NEVER,
}
WORRY = (SILENT, FLAG, NEVER, OK, PASSIVE)


def mark_of(glance: Glance) -> Mark:
    """The symbol of a meter."""
    return MARK_OF[glance.status] if glance.meter.active else PASSIVE


def when(moment: datetime, now: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """Today the time, this week the day, this year the date, else the date with its year."""
    there, today = moment.astimezone(zone), now.astimezone(zone)
    if there.date() == today.date():
        return f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"
    if timedelta() <= today - there < timedelta(days=6):
        return f"{there:%a %H:%M}"
    return f"{there:%d.%m. %H:%M}" if there.year == today.year else f"{there:%d.%m.%Y}"


def coming(moment: datetime, now: datetime) -> str:
    """`in 13 min 53 s`."""
    return _("in {}").format(length((moment - now).total_seconds()))


def length(seconds: float) -> str:
    """`312 ms`, `1.6 s`, `1 min 38 s`, `2 h 5 min`."""
    if seconds < 1:
        return f"{max(0, round(seconds * 1000))} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"
