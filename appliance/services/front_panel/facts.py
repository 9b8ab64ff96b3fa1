"""What the appliance is doing, as the panel tells it: asked of the same parts as every other view."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from appliance.events import BusState
from appliance.meters.selection import Status
from appliance.operations.call import Call
from appliance.operations.meter_state import states_of
from appliance.operations.parts import Segment
from appliance.operations.status import next_round
from appliance.ports import Link
from appliance.services.front_panel.pages import Facts, Lent

COUNT_AGAIN: Final = 5.0  # seconds; a count asks the store about each meter
COUNT_AT_LEAST: Final = 60.0  # a meter may fall silent without an event
RESTS: Final = 100  # times as long as a count takes
SEARCH: Final = "search start"
BROKEN: Final = {
    BusState.OVERLOAD: "short circuit",
    BusState.JAMMED: "the bus is jammed",
    BusState.LOST: "line lost",
    BusState.REFUSED: "line refused",
}
READING: Final = (BusState.ROUND, BusState.ORDER, BusState.CONTINUOUS)


class FactFinder:
    """Asks, and remembers what is dear to ask."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._counts: Counter[Status] = Counter()
        self._count_at = -math.inf
        self._count_by = -math.inf
        self._stale = True
        self._broken_since: datetime | None = None

    def find(self, segments: Sequence[Segment], link: Link, relays: tuple[int, ...]) -> Facts:
        """Everything as it is now."""
        call, parts = self._call, self._call.parts
        states = [segment.state for segment in segments]
        broken = next((state for state in BROKEN if state in states), None)
        now = call.now()
        self._broken_since = None if broken is None else self._broken_since or now
        rounds = [segment.round for segment in segments if segment.round is not None]
        search = next((job for job in parts.hub.jobs.running() if job.name == SEARCH), None)
        counts = self._count()
        shows_address = parts.settings.panel.display.show_address
        return Facts(
            state=_state(states, searching=search is not None),
            now=now.astimezone(call.zone),
            name=parts.settings.identity.name,
            location=parts.settings.identity.location,
            version=parts.version,
            serial=parts.serial,
            address=link.address if shows_address else "",
            ok=counts[Status.OK],
            silent=counts[Status.SILENT],
            failed=counts[Status.FAILED],
            faulty=counts[Status.ERROR],
            done=sum(one.answered + one.missed for one in rounds),
            due=sum(one.due for one in rounds),
            next_round=self._next_round(),
            paused=BusState.PAUSED in states,
            scan=search.sentence if search else "",
            scan_done=search.done if search else 0,
            scan_of=search.of if search else 0,
            trouble=BROKEN[broken] if broken else "",
            since=self._broken_since.astimezone(call.zone) if self._broken_since else None,
            relays=relays,
            lent=self._lent(),
            setup_code=parts.doorkeeper.setup_code if parts.doorkeeper else "",
        )

    def meters_changed(self) -> None:
        """Readings came, or the list changed: count again soon."""
        self._stale = True

    def _count(self) -> Counter[Status]:
        """Meters by status; with many meters counted so seldom that it costs a hundredth of the time."""
        parts, now = self._call.parts, self._call.parts.clock.monotonic()
        if now >= (self._count_at if self._stale else self._count_by):
            meters = [meter for meter in parts.store.meters.all() if meter.active]
            self._counts = Counter(state.status for state in states_of(parts, meters))
            self._stale = False
            took = parts.clock.monotonic() - now
            self._count_at = now + max(COUNT_AGAIN, took * RESTS)
            self._count_by = now + max(COUNT_AT_LEAST, took * RESTS)
        return self._counts

    def _next_round(self) -> datetime | None:
        coming = next_round(self._call)
        return coming.astimezone(self._call.zone) if coming else None

    def _lent(self) -> Lent | None:
        lent = self._call.parts.lender.lent() if self._call.parts.lender else ()
        return Lent(where=lent[0].where, baud_rate=lent[0].baud_rate, client=lent[0].client) if lent else None


def _state(states: list[BusState], *, searching: bool) -> str:
    """The word of the display: idle, read, scan, rs, err."""
    if any(state in BROKEN for state in states):
        return "err"
    if BusState.LENT in states:
        return "rs"
    if searching:
        return "scan"
    return "read" if any(state in READING for state in states) else "idle"
