"""Telling a sound database from a damaged one and from one that is not ours, and setting a damaged one aside."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import apsw
import peewee

from appliance.errors import Damaged, NotOurs, StoreError
from appliance.store.database import query
from appliance.store.folder import AS_ITS_USER
from appliance.store.salvage import count_by_pages
from appliance.store.schema import APPLICATION_ID

APPLICATION_ID_AT: Final = slice(68, 72)
MAGIC: Final = b"SQLite format 3\0"
JOURNAL_MAGIC: Final = bytes.fromhex("D9D505F920A163D7")
BESIDES: Final = ("", "-wal", "-shm")
LOGS: Final = ("-wal", "-journal")
IN_SLOTS: Final = "SELECT slot, COUNT(DISTINCT meter) FROM reading GROUP BY slot ORDER BY slot {order}"
MAKE_WAY: Final = "move it away, or choose another folder with --data"
CHECKED_AT_OPEN: Final = 32 << 20  # octets; a larger file is checked when `storage.check.schedule` says so


@dataclass(frozen=True, slots=True)
class Lost:
    """How many readings a damaged file still shows."""

    readings: int
    all_seen: bool  # else some pages could not be read: there were more

    def __str__(self) -> str:
        return f"{'' if self.all_seen else 'at least '}{self.readings}"


class Walk(NamedTuple):
    """How many readings each slot has, as far as one came."""

    readings: dict[int, int]
    complete: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """A damaged database was replaced: what became of it, and what the fresh one started from."""

    at: datetime
    cause: str
    aside: Path | None  # None: there was no file any more
    lost: Lost | None  # readings in the file set aside; None: there was nothing to count
    restored: bool  # meters and settings came from the last good copy

    def __str__(self) -> str:
        where = f" It was kept as {self.aside.name}." if self.aside else ""
        start = (
            "Meters and settings were restored from the last good copy."
            if self.restored
            else "There was no last good copy: the appliance starts empty and stays closed on the network."
        )
        return f"{self.cause}{where} {self._lost} {start}"

    @property
    def _lost(self) -> str:
        if self.lost is not None:
            return f"It held {self.lost} readings, which the fresh database does not have."
        why = "no page of it shows any" if self.aside else "the file is gone"
        return f"How many readings it held cannot be told: {why}."


def examine(path: Path, ours: bool) -> None:
    """Look at a file before opening it. `ours`: the folder shows that a database of ours was here before.

    Raises `Damaged` for what can be replaced, `NotOurs` for a file that is somebody else's: it is not touched;
    `StoreError` where this user may not read or write it.
    """
    head = _head(path)
    if not head:
        if ours:
            raise Damaged(f"The database {path} is {'empty' if path.exists() else 'gone'}.")
        return
    if not head.startswith(MAGIC):
        if ours:
            raise Damaged(f"The database {path} is damaged: it does not begin as a database does.")
        if _never_finished(path, head):
            return
        raise NotOurs(str(path), "no database of busmeister", MAKE_WAY)
    if _is_ours(head):
        _require_write(path)
        return
    tables = _tables(path)
    if tables and not tables & {"reading", "boot", "setting"}:
        raise NotOurs(str(path), "the database of another program", MAKE_WAY)


def check(database: peewee.Database, path: Path) -> None:
    """A quick check from end to end of a file that is small enough for it."""
    if path.stat().st_size <= CHECKED_AT_OPEN:
        check_all(database)


def check_all(database: peewee.Database, *, full: bool = False) -> None:
    """Check every page, in `full` that indexes and tables agree too; raises `Damaged`."""
    found = query(database, f"PRAGMA {'integrity' if full else 'quick'}_check(1)")[0][0]
    if found != "ok":
        raise Damaged(f"The database file is damaged ({' '.join(str(found).split())}).")


def set_aside(path: Path, now: datetime) -> Path | None:
    """Give the file and its log another name, never that of an older one; None where there is no file."""
    name = f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}"
    aside, number = path.with_name(name), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{name}-{number}")
    found = path.exists()
    for besides in BESIDES:
        part = path.with_name(path.name + besides)
        if part.exists():
            part.replace(aside.with_name(aside.name + besides))
    return aside if found else None


def count_readings(path: Path | None) -> Lost | None:
    """How many readings a damaged file still shows: by its table, else by its pages; None where it shows none."""
    if path is None:
        return None
    by_table = _count_in_table(path)
    if by_table is not None and by_table.all_seen:
        return by_table
    seen = max(count_by_pages(path), by_table.readings if by_table else 0)
    return Lost(seen, all_seen=False) if seen else None


def _count_in_table(path: Path) -> Lost | None:
    """As SQLite reads the table; None where it finds none."""
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        connection.execute("SELECT slot FROM reading LIMIT 0")
    except apsw.Error:
        return None
    try:
        return _count_around_damage(connection)
    finally:
        connection.close()


def _count_around_damage(connection: apsw.Connection) -> Lost:
    """Walk from either end to the first page that cannot be read."""
    ahead = _slots(connection, "ASC")
    behind = {} if ahead.complete else _slots(connection, "DESC").readings
    return Lost(sum((ahead.readings | behind).values()), ahead.complete)


def _slots(connection: apsw.Connection, order: str) -> Walk:
    readings: dict[int, int] = {}
    try:
        readings.update(connection.execute(IN_SLOTS.format(order=order)))
    except apsw.Error:
        return Walk(readings, complete=False)
    return Walk(readings, complete=True)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(100)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise StoreError(f"The database {path} cannot be read ({error.strerror}): {AS_ITS_USER}.") from error


def _require_write(path: Path) -> None:
    if not os.access(path, os.W_OK):
        raise StoreError(f"The database {path} cannot be written: {AS_ITS_USER}.")


def _never_finished(path: Path, head: bytes) -> bool:
    """Whether the power went while the file was made for the first time: SQLite takes that back when it opens it."""
    return not head.strip(b"\0") and _head(path.with_name(f"{path.name}-journal")).startswith(JOURNAL_MAGIC)


def _is_ours(head: bytes) -> bool:
    return int.from_bytes(head[APPLICATION_ID_AT], "big") == APPLICATION_ID


def _tables(path: Path) -> set[str]:
    """Tables of a file that does not say whose it is, without changing it unless a cut left it half-written."""
    if not any(path.with_name(path.name + log).exists() for log in LOGS):
        return _read_tables(f"{path.absolute().as_uri()}?immutable=1", apsw.SQLITE_OPEN_READONLY)
    try:
        return _read_tables(path.absolute().as_uri(), apsw.SQLITE_OPEN_READONLY)
    except (apsw.ReadOnlyError, apsw.CantOpenError):  # a journal waits to be played back
        return _read_tables(path.absolute().as_uri(), apsw.SQLITE_OPEN_READWRITE)


def _read_tables(uri: str, flags: int) -> set[str]:
    try:
        connection = apsw.Connection(uri, flags=flags | apsw.SQLITE_OPEN_URI)
        try:
            return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        finally:
            connection.close()
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise Damaged(f"The database {uri.partition('?')[0]} is damaged ({error}).") from error
