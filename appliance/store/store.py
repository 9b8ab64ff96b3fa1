"""The store as the rest of the appliance sees it: open, take in, ask, close."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import peewee

from appliance.clock import Clock
from appliance.errors import Damaged, StoreError
from appliance.events import ReadingMissed, RoundProgress, TelegramHeard
from appliance.log import stream
from appliance.ports import Heard, Missed, ReadingKind
from appliance.store.database import close_all, connected, is_sqlite, open_server, open_sqlite, query, writing
from appliance.store.folder import DataFolder
from appliance.store.history import History
from appliance.store.journal import Journal
from appliance.store.layouts import LayoutShelf, LayoutSource
from appliance.store.meters import Meters
from appliance.store.newest import NewestBook
from appliance.store.options import StoreOptions
from appliance.store.outbox import Outbox
from appliance.store.pen import Pen, Receivers
from appliance.store.readings import Readings
from appliance.store.schema import migrate
from appliance.store.settings import Settings
from appliance.store.status import StatusLog
from appliance.store.writer import Writer

log = stream("store")


def nobody(_: Heard) -> Iterable[int]:
    """No receiver wants anything."""
    return ()


class Store:
    """Everything that lasts. Implements `Intake`; `meters` is the `MeterBook`, `settings` the `SettingBook`."""

    def __init__(
        self,
        database: peewee.Database,
        *,
        clock: Clock,
        publish: Callable[[object], None],
        layouts: LayoutSource | None = None,
        receivers: Receivers = nobody,
        folder: DataFolder | None = None,
        threaded: bool = True,
    ) -> None:
        self.options = StoreOptions()
        self._database = database
        self._clock = clock
        self._publish = publish
        self._folder = folder
        self.layouts = LayoutShelf(database, layouts)
        self.history = History(database, clock)
        self.newest = NewestBook(database)
        self.status = StatusLog(database, lambda: self.options.meter_status)
        self.readings = Readings(database, self.layouts, self.history.start)
        pen = Pen(database, self.layouts, self.history.start, self.status, self.newest, receivers)
        self._writer = Writer(
            pen.write,
            transaction=lambda: writing(database),
            clock=clock,
            options=lambda: self.options,
            publish=publish,
            relieve=self._relieve,
            repair=self._repair,
            tick=self._tick,
            threaded=threaded,
        )
        self.journal = Journal(database, self._writer, clock, lambda: self.options)
        self.meters = Meters(database, self._writer, self.readings, self.newest, clock, publish)
        self.settings = Settings(database, self._writer, clock)
        self.outbox = Outbox(database, self._writer)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        clock: Clock,
        publish: Callable[[object], None],
        url: str | None = None,
        layouts: LayoutSource | None = None,
        receivers: Receivers = nobody,
        threaded: bool = True,
        vfs: str | None = None,
    ) -> Store:
        """Claim the data folder and open the database in it, or the one at `url`; starts the writer."""
        data = DataFolder(folder)
        data.prepare()
        data.lock()
        try:
            database = open_server(url) if url else open_sqlite(data.database, vfs)
            store = cls(
                database,
                clock=clock,
                publish=publish,
                layouts=layouts,
                receivers=receivers,
                folder=data,
                threaded=threaded,
            )
            store.begin()
        except BaseException:
            data.unlock()
            raise
        return store

    @property
    def boot(self) -> int:
        """Number of this start of the appliance."""
        return self.history.boot

    def begin(self) -> None:
        """Bring the schema up to date, load what is kept in memory, start writing."""
        with connected(self._database):
            migrate(self._database)
            self.history.begin()
            for part in (self.layouts, self.newest, self.status, self.meters):
                part.load()
        self._writer.start()

    def accept(self, heard: Heard) -> None:
        """Keep a reading; continuous ones are only shown."""
        self._publish(TelegramHeard(heard))
        if heard.kind is not ReadingKind.CONTINUOUS:
            self._writer.put(heard, urgent=heard.urgent)

    def missed(self, missed: Missed) -> None:
        """Keep the reason why a slot has no reading."""
        self._publish(ReadingMissed(missed))
        self._writer.put(missed)

    def flush(self) -> None:
        """Write what waits, soon: a round is over."""
        self._writer.flush()

    def round_ended(self, progress: RoundProgress) -> None:
        """Keep what a round did."""
        self._writer.put(progress)

    def pump(self) -> None:
        """For a store without a thread: write what is due by now."""
        self._writer.pump()

    def close(self) -> None:
        """Write everything, register the clean end, let the folder go."""
        self._writer.close()
        try:
            self.newest.write_down()
            self.history.end()
            self._checkpoint()
        except StoreError as error:
            log.warning("The store could not be closed cleanly: %s", error)
        close_all(self._database)
        if self._folder is not None:
            self._folder.unlock()

    def _checkpoint(self) -> None:
        if is_sqlite(self._database):
            with connected(self._database):
                query(self._database, "PRAGMA wal_checkpoint(TRUNCATE)")

    def _relieve(self) -> bool:
        return False

    def _repair(self, error: Damaged) -> bool:
        log.error("%s", error)
        return False

    def _tick(self) -> None:
        """What the writer does besides."""
