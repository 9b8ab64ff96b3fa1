"""Testing a segment before one trusts it (operations.md §6, `bus test`)."""

from __future__ import annotations

from typing import Final

from appliance.operations.answer import Answer, Table
from appliance.operations.bus_lend import ANY_SEGMENT, segments_meant
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.parts import Segment
from appliance.operations.segments import Name
from appliance.operations.to_do import LINE
from appliance.ports import Heard

TESTED: Final = 3  # meters asked until one answers


@operation("bus test", level=2, audited=True, long=True)
def bus_test(call: Call, segment: Name = ANY_SEGMENT) -> Answer:
    """Tests a segment: whether its line is open, and how long its first meter takes to answer."""
    wanted = segments_meant(call, segment)
    lines = [line for line in call.parts.engine.status() if line.name in wanted]
    rows = [(line.name, line.url, line.baud_rate, line.state, *_first_answer(call, line)) for line in lines]
    names = "segment line baud_rate state milliseconds finding"
    return Answer(table=Table.of(names, rows, right="baud_rate milliseconds"))


def _first_answer(call: Call, line: Segment) -> tuple[int | None, str]:
    """Milliseconds of the first reading that succeeds, and a sentence."""
    if line.state in LINE:
        return None, line.sentence or LINE[line.state]
    meters = call.parts.store.meters.meters(line.name)[:TESTED]
    finding = "no meter to ask"
    for done, meter in enumerate(meters):
        call.report(done, len(meters), f"{line.name}: {meter.label}")
        began = call.parts.clock.monotonic()
        (answer,) = call.parts.engine.read([meter], store=False, job=None).result()
        if isinstance(answer, Heard):
            return round(1000 * (call.parts.clock.monotonic() - began)), f"{meter.label} answers"
        finding = answer.detail
    return None, finding
