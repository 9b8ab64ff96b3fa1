"""Opening the database so that a power cut loses nothing, and telling its errors apart.

Each SQLite connection is checked when it opens: our own SQLite (the interpreter's has the WAL-reset bug), write-ahead
log, `synchronous=FULL` (with NORMAL a power cut takes acknowledged readings along), no memory mapping, foreign keys.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote, urlsplit

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase
from playhouse.db_url import connect
from playhouse.pool import PooledDatabase

from appliance.errors import Damaged, DiskFull, SettingError, StoreError

OLDEST_SQLITE: Final = (3, 51, 3)
BUSY_SECONDS: Final = 5
CONNECTIONS: Final = 8  # the writer and at most seven readers at once
CHECKPOINT_PAGES: Final = 1000
LARGEST_WAL: Final = 4 << 20  # what is kept of the write-ahead log after a burst
FRESH_PRAGMAS: Final = {
    "auto_vacuum": 2,  # incremental: a file that grew can give room back to a full disk
}
"""Said before the first table is made; later they would change nothing, and need room on the disk all the same."""
PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "mmap_size": 0,
    "wal_autocheckpoint": CHECKPOINT_PAGES,
    "journal_size_limit": LARGEST_WAL,
    "cache_size": -1000,  # KiB: most pages a seek reads are never read again, and there are eight such caches
    "temp_store": 2,
}
PROMISED: Final = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0}
SERVER_SCHEMES: Final = {
    "postgres": "psycopg3+pool",
    "postgresql": "psycopg3+pool",
    "cockroachdb": "cockroachdb+pool",
}

SERVER_SHAPE: Final = "postgresql://USER@HOST:PORT/NAME"
DRIVER_MISSING: Final = (
    "A database server needs the Python package psycopg. Install it with: pip install 'busmeister[postgres]'."
)


class Busy(StoreError):
    """Another program holds the database; waiting helps."""


class _CheckedDatabase(APSWDatabase):  # type: ignore[misc]  # playhouse ships no types
    """APSW connections that keep what the file's head promises."""

    def _add_conn_hooks(self, connection: apsw.Connection) -> None:
        super()._add_conn_hooks(connection)
        fresh = FRESH_PRAGMAS if connection.pragma("page_count") == 0 else {}
        for name, value in (fresh | PRAGMAS).items():
            connection.pragma(name, value)
        for name, promised in PROMISED.items():
            if (found := connection.pragma(name)) != promised:
                raise StoreError(
                    f"The database runs with {name} {found} instead of {promised}: readings would be lost."
                )


class SqliteDatabase(PooledDatabase, _CheckedDatabase):  # type: ignore[misc]  # playhouse ships no types
    """The appliance's own file."""

    def _can_reuse(self, connection: apsw.Connection) -> bool:
        return not connection.in_transaction


def open_sqlite(path: Path, vfs: str | None = None) -> peewee.Database:
    """The database in one file; `vfs` names another layer below SQLite, as tests and benchmarks use."""
    version = tuple(map(int, apsw.sqlite_lib_version().split(".")))
    if version < OLDEST_SQLITE:
        raise StoreError(
            f"SQLite {apsw.sqlite_lib_version()} can lose readings: install an apsw that brings "
            f"{'.'.join(map(str, OLDEST_SQLITE))} or later."
        )
    options = {"vfs": vfs} if vfs else {}
    database = SqliteDatabase(str(path), max_connections=CONNECTIONS, timeout=BUSY_SECONDS, **options)
    return cast("peewee.Database", database)


def open_server(url: str) -> peewee.Database:
    """A database server, by URL: PostgreSQL or CockroachDB."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in SERVER_SCHEMES:
        allowed = ", ".join(f"{name}://" for name in SERVER_SCHEMES)
        raise SettingError(
            f'The URL of a database begins with {allowed}, not "{scheme}"; without one it is a file in the data folder.'
        )
    if not _place(url).strip("/"):
        raise SettingError(f"A database URL ends with the name of the database: {SERVER_SHAPE}.")
    try:
        database = connect(f"{SERVER_SCHEMES[scheme]}://{rest}", max_connections=CONNECTIONS, timeout=BUSY_SECONDS)
    except (peewee.ImproperlyConfigured, RuntimeError) as error:
        raise SettingError(f"The database URL cannot be used ({error}). {DRIVER_MISSING}") from error
    return cast("peewee.Database", database)


def _place(url: str) -> str:
    """The path of a server's URL. The sentence repeats no part of a wrong one: a password may stand anywhere in it."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SettingError(f"The database URL names no host and port. Write it as {SERVER_SHAPE}.") from error
    return parts.path


def without_password(url: str) -> str:
    """The URL of a server as anybody may see it: no password, and no options, which may hold one."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return quote(f"{parts.scheme}://{user.partition(':')[0]}{at}{host}{parts.path}", safe=":/@[]%")


def is_sqlite(database: peewee.Database) -> bool:
    """Whether this is the appliance's own file rather than a server."""
    return isinstance(database, SqliteDatabase)


@contextlib.contextmanager
def connected(database: peewee.Database) -> Iterator[None]:
    """This thread's connection, given back to the pool by whoever opened it; errors come out as ours."""
    with translated():
        if not database.is_closed():
            yield
            return
        database.connect()
        try:
            yield
        except BaseException:  # its state is unknown: the pool makes another one
            cast("PooledDatabase", database).manual_close()
            raise
        database.close()


@contextlib.contextmanager
def writing(database: peewee.Database) -> Iterator[None]:
    """One transaction that writes: it takes the lock first, so it can never fail half-way for being late."""
    with connected(database), database.atomic(*(("IMMEDIATE",) if is_sqlite(database) else ())):
        yield


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Every error of apsw, psycopg and peewee leaves as one of ours, mistakes in the SQL itself as they are."""
    try:
        yield
    except (apsw.Error, peewee.PeeweeException) as error:
        raise as_ours(error) from error


def as_ours(error: Exception) -> Exception:
    """What an error of the database means to the appliance."""
    cause = error if isinstance(error, apsw.Error) else error.__context__
    match cause:
        case apsw.FullError():
            return DiskFull("The disk is full: free some room, or lower storage.retention.")
        case apsw.BusyError() | apsw.LockedError():
            return Busy("The database is locked by another program.")
        case apsw.CorruptError() | apsw.NotADBError() | apsw.FormatError():
            return Damaged(f"The database file is damaged ({cause}).")
        case apsw.IOError() | apsw.CantOpenError() | apsw.ReadOnlyError() | apsw.NoMemError():
            return StoreError(f"The database file cannot be used ({cause}).")
    if isinstance(error, peewee.ImproperlyConfigured):
        return SettingError(DRIVER_MISSING)
    if isinstance(error, peewee.OperationalError | peewee.InterfaceError) and not isinstance(cause, apsw.Error):
        why = " ".join(str(error).split()).rstrip(".")
        return StoreError(f"The database server does not answer ({why}): check that it runs, and --database.")
    return error


def run(database: peewee.Database, sql: str, values: Sequence[object] = ()) -> Any:  # noqa: ANN401 - of the driver
    """A statement of our own, `?` for each value; the cursor that ran it."""
    return database.execute_sql(sql.replace("?", database.param), values)  # type: ignore[no-untyped-call]  # peewee


def query(database: peewee.Database, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """All rows of an answer, so that no read stays open."""
    return list(run(database, sql, values).fetchall())


def change(database: peewee.Database, sql: str, values: Sequence[object] = ()) -> int:
    """How many rows a statement changed."""
    return int(database.rows_affected(run(database, sql, values)))  # type: ignore[no-untyped-call]  # peewee


def execute_many(database: peewee.Database, sql: str, rows: list[tuple[Any, ...]]) -> None:
    """One statement for many rows: peewee's own builder costs several times the insert."""
    if rows:
        database.cursor().executemany(sql.replace("?", database.param), rows)  # type: ignore[no-untyped-call]  # peewee


def close_all(database: peewee.Database) -> None:
    """Close every connection of the pool."""
    cast("PooledDatabase", database).close_all()
