"""The audit trail has every act, and shows where it was tampered with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from appliance.security.audit import AuditTrail, Room, Verdict
from appliance.security.books import Act, AuditRow
from appliance.store.database import run, writing
from tests.console.dialogues import Conversation
from tests.operations.world import World

Tamper = Callable[[Any], object]
TAMPERED: dict[str, Tamper] = {
    "edited": lambda db: run(db, "UPDATE audit SET who = 'bert' WHERE number = 3"),
    "new value edited": lambda db: run(db, "UPDATE audit SET result = 'no' WHERE number = 1"),
    "deleted": lambda db: run(db, "DELETE FROM audit WHERE number = 3"),
    "first deleted": lambda db: run(db, "DELETE FROM audit WHERE number = 1"),
    "cut at its end": lambda db: run(db, "DELETE FROM audit WHERE number >= 5"),
    "renumbered": lambda db: run(db, "UPDATE audit SET number = number + 100 WHERE number >= 3"),
    "put in": lambda db: run(db, "INSERT INTO audit SELECT 7, at, who, door, source, what, old, new, result, link"
                                 " FROM audit WHERE number = 6"),
}  # fmt: skip


def filled(world: World, rows: int = 6) -> AuditTrail:
    trail = world.parts.doorkeeper.audit
    for number in range(rows):
        trail.add(Act(who="anna", door="ssh", source="10.4.0.7", what=f"order {number}"))
    return trail


def test_untouched_trail_is_whole_also_after_a_restart(world: World) -> None:
    filled(world)
    folder, clock = world.parts.data_folder, world.clock
    world.close()
    again = World(folder, clock)
    verdict = filled(again, 1).verify()
    assert (verdict.rows, verdict.broken) == (7, None)
    again.close()


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_shows(world: World, how: str) -> None:
    trail = filled(world)
    database = world.store._database  # the tamperer has no manners
    with writing(database):
        TAMPERED[how](database)
    assert trail.verify().broken is not None
    assert "ERROR The audit trail was changed" in Conversation(world.call).say("audit verify")


def test_order_given_while_the_chain_is_walked_along_is_no_tampering(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail, book = filled(world), world.store.audit
    read = book.rows

    def rows(after: int, count: int) -> list[AuditRow]:
        if not after:
            trail.add(Act(who="bert", door="ssh", source="10.4.0.8", what="order"))
        return read(after, count)

    monkeypatch.setattr(book, "rows", rows)
    assert trail.verify() == Verdict(rows=7, first=1)


def test_every_order_and_change_is_in_the_trail_with_old_and_new(world: World) -> None:
    talk = Conversation(world.call)
    talk.say("set identity.name=boiler-room readout.schedule=5min")
    talk.say("user delete nobody confirm=yes")
    talk.say("unset identity.name")
    acts = [(row.act.what, row.act.old, row.act.new) for row in world.parts.doorkeeper.audit.rows()]
    assert acts == [
        ("set identity.name", "busmeister-00000161", "boiler-room"),
        ("set readout.schedule", "15min", "5min"),
        ("user delete name=nobody", "", ""),
        ("unset identity.name", "boiler-room", "busmeister-00000161"),
    ]
    assert next(iter(world.parts.doorkeeper.audit.rows())).act.who == "anna"
    assert "boiler-room" in talk.say("show changes")


def test_two_hundred_orders_leave_two_hundred_rows(world: World) -> None:
    talk = Conversation(world.call)
    for number in range(200):
        talk.say(f"set identity.location={number}")
    assert world.parts.doorkeeper.audit.verify().rows == 200


def test_somebody_without_the_level_is_written_down_and_a_stranger_fills_nothing(world: World) -> None:
    Conversation(world.person(2)).say("user delete admin confirm=yes")
    Conversation(world.person(0)).say("user delete admin confirm=yes")
    rows = list(world.parts.doorkeeper.audit.rows())
    assert [row.act.result for row in rows] == ['refused: "user delete" needs level 3, this session has 2: enable 3']


def test_full_trail_warns_and_lets_the_oldest_go_with_its_chain_whole(world: World) -> None:
    book = world.store.audit
    trail = AuditTrail(book, world.clock, b"k" * 32, lambda: Room(size=60_000))
    for number in range(1200):
        trail.add(Act(who="anna", door="ssh", source="10.4.0.7", what=f"order {number}"))
    verdict = trail.verify()
    assert verdict.broken is None
    assert verdict.first > 1
    assert book.octets() < 100_000


def test_trail_warns_once_at_eighty_percent_and_as_long_as_it_is_so_full(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    size = [250_000]
    trail = AuditTrail(world.store.audit, world.clock, b"k" * 32, lambda: Room(size=size[0]))
    for _ in range(2000):
        if trail.trouble:
            break
        trail.add(Act(who="anna", door="ssh", source="10.4.0.7", what="order"))
    assert 0.8 * size[0] < world.store.audit.octets() < size[0]
    for _ in range(200):
        trail.add(Act(who="anna", door="ssh", source="10.4.0.7", what="order"))
    warnings = sum("audit.size" in record.message for record in caplog.records)
    assert warnings == 1
    assert "% of audit.size" in trail.trouble
    size[0] = 10_000_000
    for _ in range(200):
        trail.add(Act(who="anna", door="ssh", source="10.4.0.7", what="order"))
    assert trail.trouble == ""


def test_export_has_the_links_and_no_formulas(world: World) -> None:
    trail = filled(world, 2)
    trail.add(Act(who="=cmd()", door="ssh", source="", what="login"))
    answer = Conversation(world.call).say("audit export")
    text = next(world.parts.files.glob("audit-*.csv")).read_text()
    assert answer.startswith("OK audit-")
    assert all(row.link in text for row in trail.newest(world.clock.now(), "anna", 2)[-1:])
    assert "'=cmd()" in text


def test_trail_that_cannot_be_written_stops_no_order(world: World) -> None:
    database = world.store._database
    with writing(database):
        run(database, "DROP TABLE audit")
    answer = Conversation(world.call).say("set identity.name=x")
    assert world.settings.identity.name == "x"
    assert answer.startswith(("OK", "ERROR"))
