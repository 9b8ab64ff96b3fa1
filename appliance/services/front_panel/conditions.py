"""What is wrong, in the words relays know: those of the events that last, and the seed's own short circuit."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from appliance.clock import ClockQuality
from appliance.events import BusState
from appliance.operations.call import Call
from appliance.services.front_panel.pages import Facts
from appliance.settings.subjects.panel import Condition


def conditions(call: Call, facts: Facts, states: Sequence[BusState]) -> frozenset[str]:
    """Every condition that holds now; `manual` never does."""
    parts = call.parts
    free = shutil.disk_usage(parts.data_folder).free
    overload = BusState.OVERLOAD in states
    wrong = {
        Condition.SHORT_CIRCUIT: overload,
        Condition.OVERLOAD: overload,
        Condition.SEGMENT_LOST: BusState.LOST in states or BusState.REFUSED in states,
        Condition.READOUT_FAILED: facts.failed + facts.silent > 0,
        Condition.METER_SILENT: facts.silent > 0,
        Condition.METER_ERROR: facts.faulty > 0,
        Condition.TIME_INVALID: parts.clock.quality is not ClockQuality.TRUSTED,
        Condition.DISK_LOW: free < parts.settings.storage.disk_warning,
        Condition.STORAGE_DAMAGED: parts.store.recovery is not None,
    }
    return frozenset(str(condition) for condition, holds in wrong.items() if holds)
