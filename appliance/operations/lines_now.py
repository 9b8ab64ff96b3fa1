"""How the lines are: state, speed and what was counted on them, for views that draw it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from appliance.events import BusState
from appliance.mbus.dialogue import Counters
from appliance.operations.call import Call
from appliance.operations.parts import RoundNow


@dataclass(frozen=True, slots=True)
class LineNow:
    """One segment at this moment."""

    name: str
    url: str
    state: BusState
    sentence: str
    baud_rate: int
    queue: int
    meters: int
    counters: Counters
    round: RoundNow | None

    @property
    def kind(self) -> str:
        """`serial`, `tcp`, `simulated`."""
        return self.url.partition(":")[0]


def lines_now(call: Call) -> tuple[LineNow, ...]:
    """Every segment that has a line."""
    call.need_level(1, "the bus")
    meters = call.parts.store.meters.all()
    return tuple(
        LineNow(
            segment.name,
            segment.url,
            segment.state,
            segment.sentence,
            segment.baud_rate,
            segment.queue,
            sum(meter.segment == segment.name for meter in meters),
            segment.counters,
            segment.round,
        )
        for segment in call.parts.engine.status()
    )


def retry_words(one: RoundNow, zone: ZoneInfo) -> str:
    """`waits until 06:02:07 to ask 2 again`; nothing while it asks."""
    if one.waits_until is None:
        return ""
    return f"waits until {one.waits_until.astimezone(zone):%H:%M:%S} to ask {one.due - one.answered - one.missed} again"


def share(part: int, whole: int) -> str:
    """`0.4 %`; of nothing, nothing."""
    if not whole:
        return "–"
    thousandths = (part * 1000 + whole // 2) // whole
    return f"{thousandths // 10}.{thousandths % 10} %" if thousandths < 100 else f"{(thousandths + 5) // 10} %"
