"""A reading whose further telegrams did not come is kept for what it is."""

from __future__ import annotations

import pytest

from appliance.clock import ClockQuality, VirtualClock
from appliance.ports import ReadingKind, Reason
from appliance.store import Store
from tests.store.conftest import Hall, OpenStore


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("kind", [ReadingKind.SCHEDULED, ReadingKind.MANUAL])
@pytest.mark.parametrize("quality", ClockQuality)
def test_why_further_telegrams_did_not_come_is_kept_with_the_reading(
    store: Store, hall: Hall, clock: VirtualClock, reason: Reason, kind: ReadingKind, quality: ClockQuality
) -> None:
    clock.quality = quality
    heard = hall.heard(kind=kind, incomplete=reason)
    store.accept(heard)
    store.flush()
    (kept,) = store.readings.latest(1)
    assert (kept.incomplete, kept.kind, kept.at) == (reason, kind, heard.at)
    assert kept.remark == f"incomplete: {reason}"


def test_whole_reading_has_no_remark(store: Store, hall: Hall) -> None:
    store.accept(hall.heard())
    store.flush()
    (kept,) = store.readings.latest(1)
    assert (kept.incomplete, kept.remark) == (None, "")


def test_incomplete_reading_ends_its_slot_after_a_restart_too(open_store: OpenStore, hall: Hall) -> None:
    store = open_store()
    store.accept(hall.heard(incomplete=Reason.NO_ANSWER))
    store.flush()
    store.newest.rebuild()
    assert store.meters.ended(1) == hall.slot()
