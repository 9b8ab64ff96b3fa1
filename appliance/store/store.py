"""The store as the rest of the appliance sees it: open, take in, ask, close."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import peewee

from appliance.clock import Clock
from appliance.errors import Damaged, StoreError
from appliance.events import RoundProgress, StorageTrouble
from appliance.log import Severity, stream
from appliance.mbus.book import LayoutBook
from appliance.ports import Heard, Missed, ReadingKind
from appliance.store.audit import AuditShelf
from appliance.store.damage import Recovery
from appliance.store.database import (
    close_all,
    connected,
    is_sqlite,
    open_server,
    open_sqlite,
    without_password,
    writing,
)
from appliance.store.erasure import Erasure
from appliance.store.event_log import EventLog
from appliance.store.extent import Survey
from appliance.store.facts import Facts
from appliance.store.folder import DataFolder
from appliance.store.guesses import GuessShelf
from appliance.store.history import History
from appliance.store.housekeeping import Housekeeping
from appliance.store.journal import Journal
from appliance.store.layouts import LayoutShelf
from appliance.store.meters import Meters
from appliance.store.newest import NewestBook
from appliance.store.options import StoreOptions
from appliance.store.outbox import Outbox
from appliance.store.pen import Pen, Receivers
from appliance.store.pending import Pending
from appliance.store.readings import Readings
from appliance.store.settings import Settings
from appliance.store.soundness import Soundness
from appliance.store.standing import Standing
from appliance.store.start import Starter
from appliance.store.status import StatusLog
from appliance.store.swaps import Swaps
from appliance.store.trust import Mover, TrueSlot
from appliance.store.turns import What
from appliance.store.users import UserShelf
from appliance.store.views import Views
from appliance.store.writer import Writer

log = stream("store")

CLOSED: Final = "closed on the network since"


def nobody(_: Heard) -> Iterable[int]:
    """No receiver wants anything."""
    return ()


class Store:
    """Everything that lasts. Implements `Intake`; its attributes are the other books, `meters` the `MeterBook`."""

    def __init__(
        self,
        folder: DataFolder,
        database: peewee.Database,
        *,
        clock: Clock,
        publish: Callable[[object], None],
        layouts: LayoutBook,
        receivers: Receivers,
        options: StoreOptions,
        threaded: bool,
        url: str,
    ) -> None:
        self.options = options
        self.url = url  # where the database is, without a password
        self.folder = folder
        self._database = database
        self._publish = publish
        self.layouts = LayoutShelf(database, layouts)
        self.history = History(database, clock)
        self.facts = Facts(database)
        self.newest = NewestBook(database, self.facts)
        self.status = StatusLog(database, lambda: self.options.meter_status)
        self.readings = Readings(
            database, self.layouts, self.history.start, self.newest, lambda: self._writer.waiting()
        )
        self.standing = Standing(database, self.newest, self.readings, lambda: self._writer.waiting())
        self.events = EventLog(database, lambda: self._writer, clock)
        pen = Pen(database, self.layouts, self.history.current, self.status, self.newest, self.events, receivers)
        self._writer = Writer(
            lambda batch: pen.write(batch.without(self.erasure.gone)),
            transaction=lambda: writing(database),
            clock=clock,
            options=lambda: self.options,
            publish=publish,
            relieve=self._relieve,
            repair=self._repair,
            tick=self._tick,
            threaded=threaded,
        )
        self.journal = Journal(database, self._writer, clock, lambda: self.options, publish)
        self.outbox = Outbox(database, self._writer)
        self.erasure = Erasure(database, self._writer, self.newest, self.status)
        self.housekeeping = Housekeeping(
            folder, database, self._writer, self.facts, self.newest, self.erasure, clock, lambda: self.options, publish
        )
        self.soundness = Soundness(database)
        self.survey = Survey(database, folder, lambda: self.options)
        changed = self.housekeeping.changed
        self.meters = Meters(database, self._writer, self.readings, self.newest, self.erasure, clock, publish, changed)
        self.swaps = Swaps(self.facts, self.meters)
        self.settings = Settings(database, self._writer, self.facts, clock, changed)
        self.users = UserShelf(database, self._writer, changed)
        self.guesses = GuessShelf(database, self._writer)
        self.audit = AuditShelf(database, self._writer, self.facts)
        self.views = Views(self.facts, self._writer)
        self.pending = Pending(self.facts, self._writer)
        self._starter = Starter(folder, database, clock)
        self.recovery: Recovery | None = None
        self._closed = False

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        clock: Clock,
        publish: Callable[[object], None],
        url: str | None = None,
        layouts: LayoutBook | None = None,
        receivers: Receivers = nobody,
        options: StoreOptions | None = None,
        threaded: bool = True,
        vfs: str | None = None,
    ) -> Store:
        """Claim the data folder, open the database in it or the one at `url`, and start the writer.

        Raises `Occupied`, `NewerThanProgram`, or `StoreError` for a file that is not ours; a damaged file is set aside,
        as `recovery` then tells.
        """
        data = DataFolder(folder)
        data.prepare()
        data.lock()
        try:
            database = open_server(url) if url else open_sqlite(data.database, vfs)
            store = cls(
                data,
                database,
                clock=clock,
                publish=publish,
                layouts=LayoutBook() if layouts is None else layouts,
                receivers=receivers,
                options=options or StoreOptions(),
                threaded=threaded,
                url=without_password(url) if url else data.database.absolute().as_uri(),
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

    @property
    def progress(self) -> float:
        """Monotonic time at which the writer last came round."""
        return self._writer.progress

    @property
    def closed_on_network(self) -> bool:
        """Whether the appliance lost its configuration and must not listen until a person says so."""
        return self.facts.get(CLOSED) is not None

    @property
    def is_on_a_server(self) -> bool:
        """Whether the database is not a file of the data folder."""
        return not is_sqlite(self._database)

    def open_network(self) -> None:
        """A person says that the appliance may listen again."""
        self._writer.order(lambda: self.facts.put(CLOSED, None))

    def begin(self) -> None:
        """Bring the database into order, load what is kept in memory, start writing."""
        try:
            self.recovery = self._starter.start()
            self._load()
        except BaseException:
            close_all(self._database)
            raise
        self.housekeeping.begin()
        self._writer.start()
        if self.recovery:
            self._tell(self.recovery)

    def accept(self, heard: Heard) -> None:
        """Keep a reading; continuous ones stay in memory alone."""
        if heard.kind is not ReadingKind.CONTINUOUS:
            self._writer.put(heard, urgent=heard.urgent)

    def missed(self, missed: Missed) -> None:
        """Keep the reason why a slot has no reading."""
        self._writer.put(missed)

    def flush(self) -> None:
        """Write what waits, soon: a round is over."""
        self._writer.flush()

    def waiting(self, heard: Iterable[Heard]) -> int:
        """How many of these readings wait in memory still, once the disk was asked to take all that came before."""
        self._writer.order(lambda: None, transaction=False)
        waiting = {(item.meter, item.slot) for item in self._writer.waiting() if isinstance(item, Heard)}
        return sum((one.meter, one.slot) in waiting for one in heard)

    def round_ended(self, progress: RoundProgress) -> None:
        """Keep what a round did."""
        self._writer.put(progress)

    def clock_trusted(self, seconds: float, true_slot: TrueSlot) -> int:
        """The wall clock was wrong by `seconds` since this boot: move its readings to their true slots; how many."""
        mover = Mover(self._database, self.boot, seconds, true_slot)
        moved = self._writer.order(mover.move)
        self.history.correct(seconds)
        self.newest.rebuild()
        return moved

    def pump(self) -> None:
        """For a store without a thread: write what is due by now."""
        self._writer.pump()

    def close(self) -> int:
        """Write everything, register the clean end, let the folder go; closing twice is harmless.

        Returns how many readings the database did not take any more: they are lost.
        """
        if self._closed:
            return 0
        self._closed = True
        left = self._writer.close()
        self.housekeeping.close()
        try:
            self.newest.write_down()
            self.history.end()
            self.housekeeping.shrink_log()
        except StoreError as error:
            log.warning("The store could not be closed cleanly: %s", error)
        close_all(self._database)
        self.folder.unlock()
        return left

    def _load(self) -> None:
        with connected(self._database):
            self.history.begin()
            for part in (self.layouts, self.newest, self.status, self.meters):
                part.load()
            self.events.load(self.history.boot)
        self.housekeeping.changed()

    def _relieve(self) -> bool:
        return self.housekeeping.relieve()

    def _repair(self, error: Damaged) -> bool:
        """The file broke while we ran: go on with a fresh one."""
        self.recovery = self._starter.replace(error)
        self._load()
        self._tell(self.recovery)
        return True

    def _tell(self, recovery: Recovery) -> None:
        log.error("%s", recovery)
        self.journal.add(Severity.ERROR, "store", str(recovery))
        self.events.happened(What.STORAGE_DAMAGED, str(recovery))
        self._publish(StorageTrouble(str(recovery)))
        if not recovery.restored:
            self._writer.order(lambda: self.facts.put(CLOSED, f"{recovery.at:%Y-%m-%dT%H:%M:%SZ}"))

    def _tick(self) -> None:
        self.housekeeping.tick()
