"""Each past schema is brought up to date in one transaction, and opens again as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.store import schema
from appliance.store.database import PRAGMAS, close_all, connected, open_sqlite, query, run, without_password
from tests.store.conftest import Hall, OpenStore
from tests.store.telegrams import heat_meter

BROKEN_STEP = "CREATE TABLE half (done $integer); CREATE TABLE reading (again $integer)"


FIRST_BOOT = "INSERT INTO boot (number, started, monotonic, trusted) VALUES (1, 0, 0, 1)"
WHOLE_READING = "INSERT INTO reading VALUES (900, 7, 0, 0, 0, 1, 0, 0, ?)"


def file_of(past: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database as an earlier version left it, with a reading of meter 7, which is off the list."""
    database = open_sqlite(folder / "busmeister.db")
    with monkeypatch.context() as then:
        then.setattr(schema, "steps", lambda made=schema.steps: [step for step in made() if step[0] <= past])
        schema.migrate(database)
    with connected(database):
        run(database, FIRST_BOOT)
        run(database, WHOLE_READING, (heat_meter(7),))
    close_all(database)


@pytest.mark.parametrize("past", [number for number, _ in schema.steps()])
def test_past_schema_opens_twice_and_takes_readings(
    open_store: OpenStore, hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, past: int
) -> None:
    file_of(past, tmp_path, monkeypatch)
    for number in (1, 2):
        store = open_store()
        store.accept(hall.heard(1, slot=hall.slot(number)))
        store.close()
    database = open_sqlite(tmp_path / "busmeister.db")
    with connected(database):
        assert schema.version(database) == schema.newest()
        assert query(database, "SELECT COUNT(*) FROM reading") == [(3,)]
    close_all(database)


def test_numbers_given_before_they_were_counted_are_not_given_again(
    open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(1, tmp_path, monkeypatch)
    assert open_store().meters.next_number() == 8


def test_step_that_fails_leaves_the_schema_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = open_sqlite(tmp_path / "busmeister.db")
    schema.migrate(database)
    steps = [*schema.steps(), (schema.newest() + 1, BROKEN_STEP)]
    before = schema.newest()
    monkeypatch.setattr(schema, "steps", lambda: steps)
    with pytest.raises(Exception, match="reading already exists"):
        schema.migrate(database)
    with connected(database):
        assert schema.version(database) == before
        assert not database.table_exists("half")
    close_all(database)


@pytest.mark.parametrize(("pragma", "promised"), [("synchronous", 1), ("mmap_size", 1 << 20), ("foreign_keys", 0)])
def test_connection_that_would_lose_readings_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pragma: str, promised: int
) -> None:
    monkeypatch.setitem(PRAGMAS, pragma, promised)
    database = open_sqlite(tmp_path / "busmeister.db")
    with pytest.raises(Exception, match=f"The database runs with {pragma} {promised}"), connected(database):
        run(database, "SELECT 1")
    close_all(database)


@pytest.mark.parametrize(("url", "seen"), [
    ("postgresql://anna:hush@db.example:5432/house?password=hush", "postgresql://anna@db.example:5432/house"),
    ("cockroachdb://db/house", "cockroachdb://db/house"),
    ("postgresql://anna:hu@sh@[fe80::1]/house one", "postgresql://anna@[fe80::1]/house%20one"),
])  # fmt: skip
def test_place_of_the_database_is_shown_without_password(url: str, seen: str) -> None:
    assert without_password(url) == seen


def test_file_of_the_database_is_shown_as_a_url(open_store: OpenStore, tmp_path: Path) -> None:
    folder = tmp_path / "a house"
    assert open_store(folder=folder).url == f"{tmp_path.as_uri()}/a%20house/busmeister.db"
