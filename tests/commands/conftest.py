"""A data folder with a database in it, and what lies there."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as a start of the appliance leaves it."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    (path / "lock").write_text("4711\n")
    (path / "keyfile").touch(mode=0o600)
    return path


def write_database(path: Path, rows: int = 1000) -> apsw.Connection:
    """A database with a log that is not yet merged into it; still open."""
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.pragma("wal_autocheckpoint", 0)
    connection.execute("CREATE TABLE reading (slot INTEGER PRIMARY KEY, octets BLOB)")
    connection.executemany("INSERT INTO reading VALUES (?, zeroblob(100))", ((slot,) for slot in range(rows)))
    return connection


def as_tree(path: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}
