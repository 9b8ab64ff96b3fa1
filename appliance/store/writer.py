"""The one writer: collects what comes in, writes it in batches, and goes on whatever the disk does.

Whoever brings readings never waits for the disk: `put` appends to a bounded queue. `order` waits: it is for people,
who want to know that their change is safe. Without a thread the one who brings also writes: virtual time and tests.

The first reading of a life is written at once, and a batch waits no longer than this life had lasted when it began: an
appliance that is killed again and again gets on all the same.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import Final, TypeVar

from appliance.clock import Clock
from appliance.errors import Damaged, DiskFull, StoreError
from appliance.events import ReadingStored, StorageTrouble
from appliance.log import Entry, Severity, stream
from appliance.ports import Heard
from appliance.store.batch import Batch, Item, Key
from appliance.store.options import StoreOptions

log = stream("store")

T = TypeVar("T")
Write = Callable[[Batch], tuple[Key, ...]]
MOST_WAITING: Final = 20_000  # items; beyond it the oldest go
LARGEST_BATCH: Final = 500  # after an outage
PAUSE: Final = 1.0  # seconds after a failed attempt, doubled up to the longest
LONGEST_PAUSE: Final = 30.0
LONGEST_ORDER: Final = 60.0  # seconds a person waits for the disk
TICK: Final = 5.0


class Writer:
    """Batches, orders, retries."""

    def __init__(
        self,
        write: Write,
        *,
        transaction: Callable[[], AbstractContextManager[None]],
        clock: Clock,
        options: Callable[[], StoreOptions],
        publish: Callable[[object], None],
        relieve: Callable[[], bool],
        repair: Callable[[Damaged], bool],
        tick: Callable[[], None],
        threaded: bool = True,
    ) -> None:
        self._write = write
        self._transaction = transaction
        self._clock = clock
        self._options = options
        self._publish = publish
        self._relieve = relieve
        self._repair = repair
        self._tick = tick
        self._waiting: deque[Item] = deque()
        self._in_hand: list[Item] = []  # the batch being written
        self._orders: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition(threading.RLock())
        self._working = threading.RLock()
        self._ends: float | None = None  # monotonic time at which the open batch is written, if it is not full before
        self._first: float | None = None  # the same of this life's first reading
        self._hurry = False
        self._not_before = 0.0
        self._pause = PAUSE
        self._lost = 0
        self._stopping = False
        self.progress = clock.monotonic()  # when its thread last came round: a writer that hangs feeds no watchdog
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True) if threaded else None

    def start(self) -> None:
        """Begin to write; without a thread there is nothing to start."""
        if self._thread is not None:
            self._thread.start()

    def put(self, *items: Item, urgent: bool = False) -> None:
        """Take something to be written; returns at once."""
        with self._changed:
            self._waiting.extend(items)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popleft()
                self._lost += 1
            now = self._clock.monotonic()
            if self._first is None and any(isinstance(item, Heard) for item in items):
                self._first = self._ends = now
            if self._ends is None:
                self._ends = now + self._patience(now)
            self._hurry = self._hurry or urgent
            self._changed.notify()
        self._without_thread()

    def flush(self) -> None:
        """Write what waits, soon."""
        with self._changed:
            self._hurry = self._hurry or bool(self._waiting)
            self._changed.notify()
        self._without_thread()

    def order(self, work: Callable[[], T], *, transaction: bool = True) -> T:
        """Run `work` on the writer, after everything that came before it, and wait for its result."""

        def whole() -> T:
            with self._transaction() if transaction else nullcontext():
                return work()

        if threading.current_thread() is self._thread:
            return self._insist(whole)
        future: Future[T] = Future()
        with self._changed:
            if self._stopping:
                raise StoreError("The store is being closed.")
            self._orders.append(lambda: _answer(future, lambda: self._insist(whole)))
            self._changed.notify()
        self._without_thread()
        try:
            return future.result(LONGEST_ORDER)
        except TimeoutError:
            raise StoreError("The database did not take the change in time: look at the disk.") from None

    def waiting(self) -> tuple[Item, ...]:
        """What is not safe yet, oldest first."""
        with self._changed:
            return (*self._in_hand, *self._waiting)

    def close(self) -> int:
        """Write everything that waits, then end; how many readings the database did not take any more."""
        with self._changed:
            self._stopping = self._hurry = True
            self._changed.notify()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()
        self._not_before = 0.0
        self._work()
        return sum(isinstance(item, Heard) for item in self._waiting)

    def pump(self) -> None:
        """Write what is due: for a writer without a thread, when time has passed."""
        with self._working:
            if self._due():
                self._work()
            self._tick()

    def _without_thread(self) -> None:
        if self._thread is None and self._due() and self._working.acquire(blocking=False):
            try:
                self._work()
            finally:
                self._working.release()

    def _run(self) -> None:
        while not self._stopping:
            self.progress = self._clock.monotonic()
            with self._changed:
                self._changed.wait_for(lambda: self._due() or self._stopping, self._seconds_left())
            try:
                if self._due():
                    self._work()
                self._tick()
            except Exception:  # no other thread writes: a mistake here must not end all writing
                log.exception("The writer goes on after a mistake")

    def _due(self) -> bool:
        now = self._clock.monotonic()
        if self._orders:
            return True
        if self._ends is None or now < self._not_before:
            return False
        return self._hurry or now >= self._ends or len(self._waiting) >= self._options().batch_readings

    def _patience(self, now: float) -> float:
        """Seconds that a batch which begins now may wait for more."""
        longest = self._options().batch_seconds
        return longest if self._first is None else max(0.0, min(longest, now - self._first))

    def _seconds_left(self) -> float:
        now = self._clock.monotonic()
        ends = [now + TICK]
        if self._ends is not None:
            ends.append(max(self._not_before, self._ends))
        return max(0.0, min(ends) - now)

    def _work(self) -> None:
        """Write batch after batch until nothing waits or the disk says no, then do the orders."""
        with self._working:
            while items := self._take():
                if not self._attempt(items):
                    break
            while self._orders:
                self._orders.popleft()()

    def _take(self) -> list[Item]:
        with self._changed:
            largest = max(self._options().batch_readings, min(len(self._waiting) // 2, LARGEST_BATCH))
            self._in_hand = [self._waiting.popleft() for _ in range(min(largest, len(self._waiting)))]
            if not self._waiting:
                self._ends, self._hurry = None, False
            return self._in_hand

    def _attempt(self, items: list[Item]) -> bool:
        try:
            keys = self._insist(lambda: self._write(Batch.of(items)))
        except StoreError as error:
            self._put_back(items, error)
            return False
        except Exception:  # one item that the database will never take must not stop all others
            log.exception("A batch cannot be written; its items are written one by one")
            return self._attempt_singly(items)
        self._written(keys)
        return True

    def _attempt_singly(self, items: list[Item]) -> bool:
        """What the disk does not take now is put back, what the database will never take is left out."""
        for place, item in enumerate(items):
            try:
                self._written(self._write(Batch.of([item])), left=items[place + 1 :])
            except StoreError as error:
                self._put_back(items[place:], error)
                return False
            except Exception:  # see _attempt
                log.exception("Left out, for the database does not take it: %r", item)
        self._written(())
        return True

    def _written(self, keys: tuple[Key, ...], left: Sequence[Item] = ()) -> None:
        with self._changed:
            self._in_hand = list(left)
        self._recovered()
        if keys:
            self._publish(ReadingStored(tuple((meter, slot) for slot, meter in keys)))

    def _insist(self, work: Callable[[], T]) -> T:
        """Do it, with one more attempt where something could be done about what stood against it."""
        try:
            return work()
        except DiskFull:
            if not self._relieve():
                raise
        except Damaged as error:
            if not self._repair(error):
                raise
        return work()

    def _put_back(self, items: list[Item], error: StoreError) -> None:
        log.warning("%s Trying again in %.0f s.", error, self._pause)
        with self._changed:
            self._in_hand = []
            self._waiting.extendleft(reversed(items))
            self._ends = self._clock.monotonic()
            self._hurry = True
            self._not_before = self._ends + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self._publish(StorageTrouble(error.sentence))

    def _recovered(self) -> None:
        if self._pause == PAUSE and not self._lost:
            return
        self._pause, self._not_before, lost, self._lost = PAUSE, 0.0, self._lost, 0
        if lost:
            text = f"{lost} readings and log entries were left out while the database could not be written."
            self.put(Entry(self._clock.now(), Severity.WARNING, "store", text))


def _answer(future: Future[T], work: Callable[[], T]) -> None:
    """Do an order and tell whoever waits how it ended."""
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - handed to the one who ordered, whatever it is
        future.set_exception(error)
