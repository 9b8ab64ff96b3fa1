"""What is wrong with the whole appliance: the banner over every screen tells the worst."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from appliance.clock import ClockQuality
from appliance.events import BusState
from appliance.operations.parts import Parts
from appliance.operations.trial import waiting_words
from tui.text import _
from tui.words import FLAG, SILENT, Mark

BROKEN = (BusState.OVERLOAD, BusState.JAMMED, BusState.LOST, BusState.REFUSED)
RESTING = (BusState.LENT, BusState.PAUSED)


def troubles(parts: Parts, notices: Iterable[str]) -> Sequence[tuple[Mark, str]]:
    """Each with its symbol, the worst first; `notices` are those of services."""
    segments = parts.engine.status()
    bad = [(SILENT, f"{s.name}: {s.state}. {s.sentence}".rstrip(". ")) for s in segments if s.state in BROKEN]
    waiting = waiting_words(parts, parts.clock.now())
    rest = [(FLAG, waiting)] if waiting else []
    rest += [(FLAG, f"{s.name}: {s.state} {s.sentence}".strip()) for s in segments if s.state in RESTING]
    if not parts.settings.readout.enabled:
        rest.append((FLAG, _("Readouts are switched off: readout.enabled")))
    if parts.clock.quality is not ClockQuality.TRUSTED:
        rest.append((FLAG, _("The clock was never set: time not sure")))
    return [*bad, *((SILENT, notice) for notice in notices), *rest]
