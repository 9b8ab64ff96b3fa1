"""What the store does for itself: copies of the configuration, room on the disk, checks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

import peewee

from appliance.clock import Clock
from appliance.errors import BusmeisterError, Damaged
from appliance.events import StorageTrouble
from appliance.log import stream
from appliance.store.ballast import Ballast, Space
from appliance.store.damage import check_all
from appliance.store.database import connected, is_sqlite, query
from appliance.store.erasure import Erasure
from appliance.store.facts import Facts
from appliance.store.folder import DataFolder
from appliance.store.last_good import LastGood
from appliance.store.newest import NewestBook
from appliance.store.options import StoreOptions
from appliance.store.retention import Retention
from appliance.store.rows import milliseconds, moment
from appliance.store.writer import Writer

log = stream("store")

CHECKED: Final = "checked from end to end"
COPY_PAUSE: Final = 10.0  # seconds between two copies of the configuration


class Housekeeping:
    """Runs on the writer's thread where it writes."""

    def __init__(
        self,
        folder: DataFolder,
        database: peewee.Database,
        writer: Writer,
        facts: Facts,
        newest: NewestBook,
        erasure: Erasure,
        clock: Clock,
        options: Callable[[], StoreOptions],
        publish: Callable[[object], None],
    ) -> None:
        self._folder = folder
        self._database = database
        self._writer = writer
        self._facts = facts
        self._newest = newest
        self._erasure = erasure
        self._clock = clock
        self._options = options
        self._publish = publish
        self._last_good = LastGood(folder)
        self._ballast = Ballast(folder.ballast)
        self.retention = Retention(database, writer, clock, options, folder.path)
        self._changed = False
        self._copied = -COPY_PAUSE
        self._full = False

    def begin(self) -> None:
        """Before the writer starts: the reserve file."""
        if is_sqlite(self._database):
            self._renew_reserve()

    def resume(self) -> None:
        """Finish what the power cut left half done."""
        self._try(partial(self._erasure.finish, wait=False))

    def changed(self) -> None:
        """Meters or settings changed: a copy is due."""
        self._changed = True

    def tick(self) -> None:
        """What is due by now; called by the writer again and again."""
        now = self._clock.monotonic()
        if self._changed and now - self._copied >= COPY_PAUSE:
            self._copied = now
            self.copy()
        if self._full:
            self.maintain()

    def close(self) -> None:
        """Before the end: the copy that waits for its time."""
        if self._changed:
            self.copy()

    def copy(self) -> None:
        """Seal the configuration as it is now."""
        self._changed = False
        try:
            self._last_good.write(self._database)
        except (OSError, BusmeisterError) as error:
            log.warning("The last good copy of the configuration could not be written: %s", error)
            self._changed = True

    def maintain(self) -> None:
        """Delete what is due, return room to the disk, renew the reserve file; each whatever the others met."""
        duties: list[Callable[[], object]] = [
            self.resume,
            self.retention.by_age,
            self._make_room,
            self.retention.slots,
            self.retention.logs,
            self._newest.write_down,
        ]
        if self._full:
            self._full = False
            duties.insert(0, self.shrink_log)
        if is_sqlite(self._database):
            duties += [self._renew_reserve, self._warn_of_low_disk]
        for duty in duties:
            self._try(duty)

    def _try(self, duty: Callable[[], object]) -> None:
        try:
            duty()
        except (OSError, BusmeisterError) as error:
            log.warning("Housekeeping could not be finished, it is tried again: %s", error)

    def _make_room(self) -> None:
        self.retention.by_space(self._ballast.lacks(self._options().ballast), self.shrink_log)

    def _renew_reserve(self) -> None:
        size = self._options().ballast
        if not self._ballast.ensure(size):
            log.warning(
                "The disk has no room for a reserve of %d MiB (storage.ballast): once it is full, what is read waits "
                "in memory until there is room.",
                size >> 20,
            )

    def check(self, *, full: bool = False) -> str | None:
        """Check the database from end to end, in `full` its indexes too; what is wrong with it, None for nothing."""
        if is_sqlite(self._database):
            try:
                with connected(self._database):
                    check_all(self._database, full=full)
            except Damaged as error:
                self._publish(StorageTrouble(error.sentence))
                return error.sentence
        now = milliseconds(self._clock.now())
        self._writer.order(lambda: self._facts.put(CHECKED, str(now)))
        return None

    def last_check(self) -> datetime | None:
        """When the database was last checked from end to end and found sound."""
        found = self._facts.get(CHECKED)
        return None if found is None else moment(int(found))

    def last_copy(self) -> datetime | None:
        """When the configuration was last copied."""
        return self._last_good.written()

    def relieve(self) -> bool:
        """The disk is full: give up the reserve file, and clean up next; false where nothing could be given up."""
        self._full = True
        if not self._ballast.release():
            return self.shrink_log()
        text = "The disk is full: the reserve file was given up, and old values are deleted to make room."
        log.error(text)
        self._publish(StorageTrouble(text))
        return True

    def shrink_log(self) -> bool:
        """Empty the write-ahead log into the database; whether that gave room to the disk."""
        if not is_sqlite(self._database):
            return False
        before = Space.of(self._folder.path).free
        try:
            with connected(self._database):
                query(self._database, "PRAGMA wal_checkpoint(TRUNCATE)")
        except BusmeisterError as error:
            log.warning("The write-ahead log cannot be emptied: %s", error)
        return Space.of(self._folder.path).free > before

    def _warn_of_low_disk(self) -> None:
        free, limit = Space.of(self._folder.path).free, self._options().disk_warning
        if free < limit:
            text = f"The disk is low: {free >> 20} MiB are free, storage.disk_warning is {limit >> 20} MiB."
            log.warning(text)
            self._publish(StorageTrouble(text))
