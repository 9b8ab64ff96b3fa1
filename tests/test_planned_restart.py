"""A restart on schedule is ordered as a person would order it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.appliance import Appliance, Options
from appliance.lifecycle import Ending, Lifecycle


@pytest.fixture
def lifecycle() -> Lifecycle:
    return Lifecycle()


@pytest.fixture
def appliance(tmp_path: Path, lifecycle: Lifecycle) -> Iterator[Appliance]:
    made = Appliance.open(Options(data=tmp_path, quiet=True), lifecycle)
    yield made
    made.close()


def planned(appliance: Appliance) -> int:
    """How many jobs are planned now."""
    appliance.duties.plan()
    return len(appliance.scheduler.jobs)


def test_restart_is_planned_only_where_it_is_wanted(appliance: Appliance) -> None:
    without = planned(appliance)
    appliance.settings.set({"restart.enabled": "true"}, "anna")
    assert planned(appliance) == without + 1


def test_planned_restart_ends_the_run_and_stands_in_the_audit_trail(appliance: Appliance, lifecycle: Lifecycle) -> None:
    appliance.duties.restart_as_planned()
    assert (lifecycle.ends, lifecycle.ending) == (True, Ending.RESTART)
    newest = list(appliance.doorkeeper.audit.rows())[-1]
    assert (newest.act.what, newest.act.door) == ("restart", "schedule")
