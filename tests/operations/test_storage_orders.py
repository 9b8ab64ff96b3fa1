"""Housekeeping by order."""

from __future__ import annotations

import pytest

from appliance.errors import RefusedError
from tests.operations.orders import order, started
from tests.operations.world import World


def test_housekeeping_runs_when_it_is_ordered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    monkeypatch.setattr(world.store.housekeeping, "maintain", lambda: runs.append("now"))
    order(world, "system maintain")
    assert runs == ["now"]


def test_housekeeping_is_ordered_by_administrators_alone(world: World) -> None:
    with pytest.raises(RefusedError, match="needs level 3"):
        started(world.call.at_level(2), "system maintain")
