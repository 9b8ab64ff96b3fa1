"""The schema's numbered steps: each past file is brought up to date in one transaction, a later one is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from string import Template
from typing import Final

import peewee

from appliance.errors import Damaged, NewerThanProgram
from appliance.store.database import is_sqlite, query, run, writing

APPLICATION_ID: Final = 0x4D427573  # "MBus", in the head of the file
SPELLING: Final = {
    True: {
        "integer": "INTEGER",
        "text": "TEXT",
        "octets": "BLOB",
        "compact": "STRICT, WITHOUT ROWID",
        "plain": "STRICT",
    },
    False: {"integer": "BIGINT", "text": "TEXT", "octets": "BYTEA", "compact": "", "plain": ""},
}
_TABLE = re.compile(r"CREATE TABLE (\w+)")
_COMMENT = re.compile(r"--[^\n]*")


@cache
def steps() -> tuple[tuple[int, str], ...]:
    """Number and SQL of every migration, in order."""
    files = [entry for entry in resources.files("appliance.store.migrations").iterdir() if entry.name.endswith(".sql")]
    return tuple(sorted((int(entry.name[:4]), entry.read_text(encoding="utf-8")) for entry in files))


def newest() -> int:
    """Number of the schema this program writes."""
    return steps()[-1][0]


def migrate(database: peewee.Database) -> int:
    """Bring the schema up to date, all steps or none; returns the number it had before."""
    with writing(database):
        found = version(database)
        if found > newest():
            raise NewerThanProgram(
                f"The database was written by a later version of busmeister (schema {found}, this program knows "
                f"{newest()}): start that version, or restore an older backup."
            )
        for number, sql in steps():
            if number > found:
                for statement in _statements(sql, is_sqlite(database)):
                    run(database, statement)
                _set_version(database, number)
    return found


def version(database: peewee.Database) -> int:
    """Number of the schema in the database; 0 where there is none."""
    if is_sqlite(database):
        return int(query(database, "PRAGMA user_version")[0][0])
    if not database.table_exists("schema_version"):
        return 0
    row = query(database, "SELECT max(number) FROM schema_version")[0]
    return int(row[0] or 0)


def _set_version(database: peewee.Database, number: int) -> None:
    if is_sqlite(database):
        run(database, f"PRAGMA application_id = {APPLICATION_ID}")
        run(database, f"PRAGMA user_version = {number}")
        return
    run(database, "CREATE TABLE IF NOT EXISTS schema_version (number BIGINT NOT NULL PRIMARY KEY)")
    run(database, "INSERT INTO schema_version VALUES (?)", (number,))


def _statements(sql: str, sqlite: bool) -> Iterator[str]:
    plain = Template(_COMMENT.sub("", sql)).substitute(SPELLING[sqlite])
    return (statement.strip() for statement in plain.split(";") if statement.strip())


@cache
def _tables(sql: str) -> tuple[str, ...]:
    return tuple(_TABLE.findall(_COMMENT.sub("", sql)))


def require_tables(database: peewee.Database) -> None:
    """A file that says it has our schema but lacks a table was damaged."""
    made = {name for _, sql in steps() for name in _tables(sql)}
    lacking = made - set(database.get_tables())
    if lacking:
        raise Damaged(f"The database lacks the table {min(lacking)}.")
