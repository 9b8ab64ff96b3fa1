"""An optical head reads one meter: what would give it a second one is refused, from the meters' side and the line's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.meters.meter import Meter
from appliance.operations.call import Call
from appliance.settings.subjects.bus import SegmentKind

NAMED: Final = 3  # meters that a refusal names; the others are counted


def check_room(call: Call, segment: str, joining: Sequence[Meter]) -> None:
    """Refuse more than one meter on a segment that is an optical head."""
    if call.parts.settings.segment[segment].kind is not SegmentKind.INFRARED:
        return
    there = _meters_on(call, segment)
    if len({meter.id for meter in (*there, *joining)}) > 1:
        whose, remedy = f"{len(joining)} would be on it", "name one meter alone"
        if there:
            whose = f"{there[0].label} is on it"
            remedy = f"move that away with meter set id={there[0].id} segment=NAME, or name another segment"
        raise RefusedError(
            f"Segment {segment} is an optical head, which reads one meter, and {whose}: {remedy}.", Kind.CONFLICT
        )


def check_kinds(call: Call, changes: Mapping[str, str | None]) -> None:
    """Refuse settings that make a segment of several meters an optical head; raises `SettingError` for a wrong one."""
    for name, text in call.parts.settings.planned(changes).items():
        family, _, rest = name.partition(".")
        segment, _, setting = rest.partition(".")
        if (family, setting, text) == ("segment", "kind", SegmentKind.INFRARED):
            _refuse_several(name, segment, _meters_on(call, segment))


def _refuse_several(name: str, segment: str, meters: Sequence[Meter]) -> None:
    if len(meters) < 2:
        return
    labels = ", ".join(meter.label for meter in meters[:NAMED])
    more = f" and {len(meters) - NAMED} more" if len(meters) > NAMED else ""
    raise RefusedError(
        f"{name} takes infrared where one meter is, as an optical head reads no more: "
        f"segment {segment} has {labels}{more}, so move the others away with meter set METER segment=NAME.",
        Kind.CONFLICT,
    )


def _meters_on(call: Call, segment: str) -> list[Meter]:
    return [meter for meter in call.parts.store.meters.all() if meter.segment == segment]
