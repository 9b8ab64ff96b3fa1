"""What the appliance does for its store from the start on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.appliance import Appliance, Options
from appliance.events import RoundProgress
from appliance.meters.meter import Meter
from appliance.ports import Heard, ReadingKind
from tests.store.telegrams import heat_meter


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[Appliance]:
    made = Appliance.open(Options(data=tmp_path, quiet=True))
    yield made
    made.close()


def test_values_a_power_cut_left_of_a_deleted_meter_go_at_the_next_start(appliance: Appliance) -> None:
    store, at = appliance.store, appliance.clock.stamp()
    store.meters.add(Meter(id=1))
    heard = Heard(meter=1, slot=900, kind=ReadingKind.SCHEDULED, telegrams=(heat_meter(1),), at=at, urgent=True)
    store.accept(heard)
    store.meters.delete(1, keep_values=False)
    assert store.readings.at(1, 900) is not None
    appliance.duties.begin().result(10)
    assert store.readings.at(1, 900) is None


def test_work_without_a_schedule_is_not_planned(appliance: Appliance) -> None:
    appliance.duties.begin().result(10)
    planned = len(appliance.scheduler.jobs)
    appliance.settings.set({"storage.snapshot.schedule": ""}, "anna")
    appliance.obey(frozenset({"storage.snapshot.schedule"}))
    assert len(appliance.scheduler.jobs) == planned - 1


def test_rounds_are_counted_on_after_a_restart(tmp_path: Path) -> None:
    for number in (1, 2):
        appliance = Appliance.open(Options(data=tmp_path, quiet=True))
        now = appliance.clock.now()
        assert appliance.engine._planner.next_number() == number
        appliance.store.round_ended(RoundProgress(number, 900 * number, "main", 1, 1, 0, now, now))
        appliance.close()
