"""Why a meter is silent or in error, in words: what was tried, what its neighbours do, what to check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from appliance.events import BusState
from appliance.meters.meter import Addressing
from appliance.meters.selection import Status
from appliance.operations.call import Call
from appliance.operations.glances import FAILED, Glance
from appliance.operations.readings import key_of
from appliance.operations.times import local
from appliance.operations.to_do import ADVICE, LINE

ALONE: Final = 2  # neighbours of whom most answer: then bus and master are sound
SPOKEN: Final = (Status.OK, Status.ERROR)


def explanation(call: Call, seen: Glance, neighbours: Sequence[Status]) -> tuple[str, ...]:
    """Sentences, the meter itself first."""
    return tuple(part for part in (_who(call, seen), *_what(call, seen), *_around(call, seen, neighbours)) if part)


def _who(call: Call, seen: Glance) -> str:
    meter = seen.meter
    how = f"{meter.addressing} {key_of(meter)}" if meter.addressing is not Addressing.PRIMARY else key_of(meter)
    segment = call.parts.settings.segment.get(meter.segment)
    rate = meter.baud_rate or (segment.baud_rate if segment else 0) or call.parts.settings.bus.baud_rate
    return f"{meter.label}, {how}, {meter.segment} {rate} Bd."


def _what(call: Call, seen: Glance) -> Iterator[str]:
    """What it does itself."""
    if not seen.meter.active:
        yield f'It is passive and not read: "meter activate id={seen.meter.id}" changes that.'
    if seen.status in FAILED:
        since = local(seen.failed_since, call.zone).text
        times = f"{seen.failures} readout{'s' * (seen.failures != 1)} failed since {since}"
        yield f"{times}, the last: {seen.reason or 'no reason is known.'}"
    elif seen.status is Status.NEVER:
        yield "It was never read: the next round does it, or meter read."
    elif seen.status is Status.ERROR:
        advice = next((text for bits, text in ADVICE.items() if (seen.octet or 0) & bits), "look at the meter")
        yield f"It answers and reports {seen.words} ({seen.octet or 0:02X}): {advice}."
    else:
        yield f"It is well: it answered at {local(seen.read, call.zone).text}."


def _around(call: Call, seen: Glance, neighbours: Sequence[Status]) -> Iterator[str]:
    """What line and neighbours do, where it does not answer."""
    if seen.status not in FAILED:
        return
    line = next((one for one in call.parts.engine.status() if one.name == seen.meter.segment), None)
    if line is None:
        yield f"Segment {seen.meter.segment} has no line: set segment.{seen.meter.segment}.url=URL"
        return
    if line.state in LINE:
        yield f"Segment {line.name} is not well, {line.state}: {line.sentence or LINE[line.state]}."
        return
    answering = sum(status in SPOKEN for status in neighbours)
    share = f"({answering} of {len(neighbours)})"
    if line.state in (BusState.LENT, BusState.PAUSED):
        yield f"Segment {line.name} is {line.state}."
    if not neighbours:
        yield "It is alone on its segment. Check: line, master and cable, then the meter."
    elif answering * ALONE < len(neighbours):
        yield f"Most of its neighbours on {line.name} are silent too {share}. Check: their common cable, the master."
    else:
        yield f"Its neighbours on {line.name} answer {share}: bus and master are sound."
        battery = "yes" if seen.meter.battery else "no"
        yield f"Check: wire loose or meter removed, address or baud rate changed, battery empty (marked: {battery})."
