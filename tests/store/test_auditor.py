"""The auditor explains each slot that was due, and sees what is wrong."""

from __future__ import annotations

from pathlib import Path

import apsw

from tests.auditor import audit, due_slots
from tests.store.conftest import Hall, OpenStore


def test_auditor_explains_readings_reasons_and_times_the_appliance_was_off(
    open_store: OpenStore, hall: Hall, tmp_path: Path
) -> None:
    store, first = open_store(), hall.slot()
    store.accept(hall.heard(1))
    store.missed(hall.missed(2))
    store.close()
    hall.clock.advance(hours=1, seconds=1)
    store = open_store()
    hall.clock.advance(minutes=15)
    store.accept(hall.heard(1))
    store.close()
    found = audit(tmp_path / "busmeister.db")
    assert found.problems == []
    due = due_slots([1, 2], first, hall.slot(), 900)
    assert found.unexplained(due) == [(hall.slot(), 2)]


def test_auditor_sees_what_must_not_be(open_store: OpenStore, hall: Hall, tmp_path: Path) -> None:
    store = open_store(receivers=lambda _: (7,))
    for meter in (1, 2):
        store.accept(hall.heard(meter))
    store.close()
    connection = apsw.Connection(str(tmp_path / "busmeister.db"))
    connection.execute("DELETE FROM reading WHERE meter = 1; UPDATE reading SET telegram = 1 WHERE meter = 2")
    connection.execute("DELETE FROM slot")
    connection.execute("INSERT INTO missed SELECT slot, meter, 0, 0, 1, 0, 0, '', x'' FROM reading")
    connection.close()
    problems = " / ".join(audit(tmp_path / "busmeister.db").problems)
    assert "is torn: telegrams [1]" in problems
    assert "1 slots have a reading and a reason" in problems
    assert "1 readings lie in slots that are not known" in problems
    assert "1 outbox rows carry no reading" in problems
