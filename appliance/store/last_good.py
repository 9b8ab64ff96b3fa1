"""The last good copy of the configuration: meters with their swaps, settings and users, sealed in one file.

A fresh database starts from it.

```text
"BMLG" | version | nonce (12) | AES-256-GCM, by the key file, of zlib of JSON {table: {columns: [], rows: []}}
```
The newest copy is `last-good`, older ones `last-good.1` to `last-good.9`. A copy that cannot be opened is passed over.
"""

from __future__ import annotations

import json
import os
import secrets
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import peewee
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from appliance.errors import SettingError
from appliance.store.database import connected, execute_many, query, writing
from appliance.store.folder import DataFolder, sync_folder
from appliance.store.swaps import NAMES

HEAD: Final = b"BMLG\x01"
NONCE: Final = 12
KEPT: Final = 10
TABLES: Final = {
    "boot": "number",
    "meter": "id",
    "setting": "name",
    "counter": "name",
    "account": "name",
    "account_key": "fingerprint",
    "fact": "name",
}
"""What is copied, and the column it is sorted by."""

CHOSEN: Final = {"fact": NAMES}
"""Of these tables the rows whose name is like that: of all facts those that belong to meters."""

Tables = dict[str, dict[str, Any]]


class LastGood:
    """Writes copies and opens them."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._newest = folder.configuration / "last-good"

    def exists(self) -> bool:
        """Whether there is any copy, sound or not."""
        return any(path.exists() for path in self._paths())

    def write(self, database: peewee.Database) -> None:
        """Seal the tables as they are; the file is on the disk when this returns.

        A copy that differs in nothing but the starts of the appliance takes the place of the one before it.
        """
        tables = read_tables(database)
        sealed = seal(tables, self._folder.key())
        fresh = self._newest.with_name("last-good.new")
        with fresh.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        if self._configuration(self._newest) != without_boots(tables):
            self._shift()
        fresh.replace(self._newest)
        sync_folder(self._newest.parent)

    def open(self) -> tuple[Path, Tables] | None:
        """The newest copy that can be opened."""
        for path in self._paths():
            if (tables := self._open(path)) is not None:
                return path, tables
        return None

    def copies(self) -> Iterator[Tables]:
        """All that can be opened, the newest first."""
        yield from (tables for path in self._paths() if (tables := self._open(path)) is not None)

    def written(self) -> datetime | None:
        """When the newest copy was made."""
        try:
            return datetime.fromtimestamp(self._newest.stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def _open(self, path: Path) -> Tables | None:
        try:
            return unseal(path.read_bytes(), self._folder.key())
        except (OSError, SettingError, InvalidTag, ValueError, zlib.error):
            return None

    def _configuration(self, path: Path) -> Tables | None:
        tables = self._open(path)
        return None if tables is None else without_boots(tables)

    def _paths(self) -> list[Path]:
        return [self._newest, *(self._newest.with_name(f"last-good.{age}") for age in range(1, KEPT))]

    def _shift(self) -> None:
        paths = self._paths()
        for older, newer in zip(reversed(paths[1:]), reversed(paths[:-1]), strict=True):
            if newer.exists():
                newer.replace(older)


def read_tables(database: peewee.Database) -> Tables:
    """The tables worth a copy, by name."""
    with connected(database):
        there = set(database.get_tables())
        return {name: _read(database, name, order) for name, order in TABLES.items() if name in there}


def without_boots(tables: Tables) -> Tables:
    """What people configured, as it is read from a copy."""
    configured: Tables = json.loads(json.dumps({name: table for name, table in tables.items() if name != "boot"}))
    return configured


def write_tables(database: peewee.Database, tables: Tables) -> None:
    """Fill a fresh database; columns that it does not know are left out."""
    with writing(database):
        for name, table in tables.items():
            known = {column.name for column in database.get_columns(name)} if name in TABLES else set()
            places = [place for place, column in enumerate(table["columns"]) if column in known]
            if not places:
                continue
            columns = ", ".join(f'"{table["columns"][place]}"' for place in places)
            values = ", ".join("?" * len(places))
            rows = [tuple(row[place] for place in places) for row in table["rows"]]
            execute_many(database, f'INSERT INTO "{name}" ({columns}) VALUES ({values})', rows)


def _read(database: peewee.Database, name: str, order: str) -> dict[str, Any]:
    columns = [column.name for column in database.get_columns(name)]
    quoted = ", ".join(f'"{column}"' for column in columns)
    chosen, values = (" WHERE name LIKE ?", (CHOSEN[name],)) if name in CHOSEN else ("", ())
    rows = query(database, f'SELECT {quoted} FROM "{name}"{chosen} ORDER BY "{order}"', values)
    return {"columns": columns, "rows": rows}


def seal(tables: Tables, key: bytes) -> bytes:
    """Encrypt with the device's key; a single wrong octet shows when it is opened."""
    nonce = secrets.token_bytes(NONCE)
    plain = zlib.compress(json.dumps(tables, ensure_ascii=False).encode())
    return HEAD + nonce + AESGCM(key).encrypt(nonce, plain, HEAD)


def unseal(octets: bytes, key: bytes) -> Tables:
    """The way back; raises `InvalidTag` for a file that is not as it was written, `ValueError` for another one."""
    if not octets.startswith(HEAD):
        raise ValueError("This is no last good copy.")
    body = octets[len(HEAD) :]
    tables: Tables = json.loads(zlib.decompress(AESGCM(key).decrypt(body[:NONCE], body[NONCE:], HEAD)))
    return tables
