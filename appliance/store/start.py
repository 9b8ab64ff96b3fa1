"""Bringing the database into a state to work with, whatever state its file is in."""

from __future__ import annotations

from typing import Final

import peewee

from appliance.clock import Clock
from appliance.errors import Damaged, DiskFull, StoreError
from appliance.log import stream
from appliance.store.ballast import Ballast, Space
from appliance.store.damage import Recovery, check, count_readings, examine, set_aside
from appliance.store.database import close_all, connected, is_sqlite
from appliance.store.folder import DataFolder
from appliance.store.last_good import LastGood, write_tables
from appliance.store.schema import migrate, require_tables

log = stream("store")

LEAST_ROOM: Final = 4 << 20  # octets: what SQLite's log takes


class Starter:
    """Opens a sound database; a damaged one is set aside, and a fresh one starts from the last good copy."""

    def __init__(self, folder: DataFolder, database: peewee.Database, clock: Clock) -> None:
        self._folder = folder
        self._database = database
        self._clock = clock
        self._last_good = LastGood(folder)

    def start(self) -> Recovery | None:
        """Bring the schema up to date; tells what was done where the file was damaged."""
        if not is_sqlite(self._database):
            with connected(self._database):
                migrate(self._database)
            return None
        self._make_room()
        try:
            examine(self._folder.database, ours=self._folder.keyfile.exists() or self._last_good.exists())
            self._open()
        except Damaged as error:
            return self.replace(error)
        except StoreError as error:
            if self._is_full():
                raise DiskFull(f"The disk of {self._folder.path} is full: free some room.") from error
            raise
        return None

    def replace(self, error: Damaged) -> Recovery:
        """Set the damaged file aside and begin anew, with the meters, settings and users of the last good copy."""
        close_all(self._database)
        now = self._clock.now()
        aside = set_aside(self._folder.database, now)
        lost = count_readings(aside)
        self._open()
        copy = self._last_good.open()
        if copy is not None:
            write_tables(self._database, copy[1])
        return Recovery(now, error.sentence, aside, lost, restored=copy is not None)

    def _make_room(self) -> None:
        """Give up the reserve file: on a full disk the database cannot even be opened."""
        if self._is_full() and Ballast(self._folder.ballast).release():
            log.error("The disk is full: the reserve file was given up.")

    def _is_full(self) -> bool:
        return Space.of(self._folder.path).free < LEAST_ROOM

    def _open(self) -> None:
        with connected(self._database):
            migrate(self._database)
            require_tables(self._database)
            check(self._database, self._folder.database)
