"""The system log: who sees what of it, followed live, exported, emptied."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest

from appliance.errors import RefusedError
from appliance.log import Entry, JournalHandler, Severity
from appliance.operations.glances import glances
from appliance.operations.log_view import log_view
from appliance.operations.overview import overview
from tests.operations.orders import cells, order, started
from tests.operations.world import World

SECRET_DEED = "anna (ssh 10.4.0.7): set identity.name cellar -> roof: ok"


@pytest.fixture
def logged(world: World) -> World:
    """A world with an entry of the bus, one of the audit trail, one of a setting."""
    for source, message in (("bus", "main opened"), ("audit", SECRET_DEED), ("settings", SECRET_DEED)):
        world.store.journal.add(Severity.INFO, source, message)
    world.store.flush()
    return world


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("line", ["log list", "log list source=audit", "show log text=anna", "show log severity=debug"])
def test_what_the_audit_trail_tells_is_not_in_the_log_of_lower_levels(logged: World, level: int, line: str) -> None:
    assert set(cells(order(logged.person(level), line), "source")) <= {"bus"}
    assert "audit" in cells(order(logged, "log list"), "source")


@pytest.mark.parametrize("level", [1, 2])
def test_dashboard_of_a_lower_level_shows_nothing_of_the_audit_trail(logged: World, level: int) -> None:
    call = logged.person(level)
    said = [one.entry for one in log_view(call).said]
    for found in (said, overview(call, glances(call)).events):
        assert [entry.message for entry in found] == ["main opened"]
    assert SECRET_DEED in [one.entry.message for one in log_view(logged.call).said]


@pytest.mark.parametrize("line", ["log export", "log export source=audit format=json"])
def test_export_of_a_lower_level_holds_nothing_of_the_audit_trail(logged: World, line: str) -> None:
    answer = order(logged.person(1), line)
    assert isinstance(answer.data, dict)
    assert "anna" not in (logged.parts.files / answer.data["file"]).read_text()


def test_log_is_followed_from_now_on_as_far_as_one_may_see_it(logged: World) -> None:
    seen = {}
    for level in (1, 3):
        live = started(logged.person(level), "log watch severity=warning count=1").live
        assert live is not None
        seen[level] = live
    for severity, source in ((Severity.INFO, "bus"), (Severity.ERROR, "audit"), (Severity.WARNING, "store")):
        logged.store.journal.add(severity, source, f"{source} says something")
    assert [item.line.split()[1:] for item in seen[1]] == [["warning", "store", "store", "says", "something"]]
    assert [item.data["source"] for item in seen[3]] == ["audit"]


def test_log_is_exported_as_filtered(logged: World) -> None:
    logged.store.journal.add(Severity.ERROR, "bus", "=cmd()")
    logged.store.flush()
    answer = order(logged, "log export severity=error")
    assert isinstance(answer.data, dict)
    assert answer.data["entries"] == 1
    assert (logged.parts.files / answer.data["file"]).read_text().splitlines()[1].endswith(",error,bus,'=cmd()")
    logged.clock.advance(seconds=1)
    answer = order(logged, "log export format=json source=bus")
    assert isinstance(answer.data, dict)
    lines = (logged.parts.files / answer.data["file"]).read_text().splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["=cmd()", "main opened"]


def test_log_is_emptied_after_a_yes_and_the_audit_trail_stays(logged: World) -> None:
    with pytest.raises(RefusedError, match=r'"log clear" asks first: For good\? confirm=yes does it\.'):
        order(logged, "log clear")
    order(logged, "log clear confirm=yes")
    assert "bus" not in cells(order(logged, "log list"), "source")
    assert "log clear" in cells(order(logged, "audit list"), "what")


def test_setting_change_stands_in_the_log_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    taken: list[Entry] = []
    caplog.set_level(logging.INFO, "busmeister")
    handler = JournalHandler(taken.append)
    order(world, "set identity.name=roof")
    handler.close()
    assert [entry.source for entry in taken if "identity.name" in entry.message] == ["audit"]


def test_note_tells_who_wrote_it(world: World) -> None:
    order(world, 'log note "fuse changed"')
    since = world.clock.now() - timedelta(minutes=1)
    (entry,) = world.store.journal.entries(since, world.clock.now(), source="note")
    assert entry.message == "anna: fuse changed"
