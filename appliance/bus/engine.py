"""The bus engine: all segments, the rounds of their meters on schedule, and the orders of persons between them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from appliance.bus.engine_settings import EngineSettings, SegmentSettings
from appliance.bus.errand import Errand, Priority
from appliance.bus.lease import Lease
from appliance.bus.order import Part, in_order, place
from appliance.bus.planner import Planner
from appliance.bus.round import Outcome, Progress
from appliance.bus.segment import Segment
from appliance.bus.status import SegmentStatus, status_of
from appliance.bus.worker import Worker
from appliance.clock import Clock
from appliance.errors import Kind, RefusedError
from appliance.mbus.dialogue.conversation import Dialogue
from appliance.meters.meter import Meter
from appliance.planning import Scheduler
from appliance.ports import Heard, Intake, MeterBook, OpenLine, ReadingKind


class Engine:
    """What the rest of the appliance knows of the buses. Thread-safe."""

    def __init__(
        self,
        *,
        open_line: OpenLine,
        meters: MeterBook,
        intake: Intake,
        settings: Callable[[], EngineSettings],
        clock: Clock,
        publish: Callable[[object], None],
        wanted: Callable[[type], bool],
        scheduler: Scheduler | None = None,
        last_round: int = 0,
    ) -> None:
        """`last_round` is the number of the last round before this start: numbers go on from there."""
        self.scheduler = scheduler or Scheduler(clock, publish)
        self._owns_scheduler = scheduler is None
        self._open_line = open_line
        self._meters = meters
        self._intake = intake
        self._read_settings = settings
        self._settings = EngineSettings()
        self._clock = clock
        self._publish = publish
        self._wanted = wanted
        self._segments: dict[str, Segment] = {}
        self._workers: dict[str, Worker] = {}
        self._lock = threading.RLock()
        self._planner = Planner(
            segments=self._segments,
            meters=meters,
            intake=intake,
            clock=clock,
            scheduler=self.scheduler,
            lock=self._lock,
            last_round=last_round,
        )
        self._running = False
        self._prepared = False
        self._stop = threading.Event()
        self._ticker: threading.Thread | None = None

    # ---------------------------------------------------------------- life

    def prepare(self) -> None:
        """Make the segments and plan their rounds, without any thread: enough to be driven in virtual time."""
        with self._lock:
            if not self._prepared:
                self._prepared = True
                self._planner.begin()
                self._apply(self._read_settings())

    def start(self) -> None:
        """Begin to read."""
        with self._lock:
            self._stop.clear()
            self._running = True
            self.prepare()
            for segment in self._segments.values():
                self._employ(segment)
            if self._owns_scheduler:
                self._ticker = threading.Thread(target=self.scheduler.run, args=(self._stop,), name="planning")
                self._ticker.start()

    def stop(self) -> None:
        """End reading; each slot still open gets its reason."""
        self._stop.set()
        self.scheduler.wake()
        if self._ticker is not None:
            self._ticker.join()
        with self._lock:
            self._planner.end()
            for name in list(self._segments):
                self._dismiss(name, "The appliance stopped.")
            self._running = self._prepared = False
        self._intake.flush()

    def reconfigure(self) -> None:
        """Settings or meters changed: segments that differ start anew, schedules are planned anew."""
        with self._lock:
            if self._prepared:
                self._apply(self._read_settings())

    # ---------------------------------------------------------------- orders

    def read(
        self, meters: Sequence[Meter], *, store: bool = True, job: Progress | None = None
    ) -> Future[Sequence[Outcome]]:
        """Read meters at once, before any round: per meter Heard or Missed, in order. Raises `RefusedError`."""
        with self._lock:  # no segment is dismissed between finding it and giving it the order
            groups: dict[str, list[Meter]] = {}
            for meter in meters:
                groups.setdefault(self.segment(meter.segment).name, []).append(meter)
            errand = self._order(store=store)
            whole = place([Part(self.segment(name), errand, group) for name, group in groups.items()], job)
        return in_order(meters, whole)

    def round_now(self, job: Progress | None = None) -> Future[Sequence[Outcome]]:
        """Read at once every active meter that has no reading in its present slot: the outcome of each of those."""
        with self._lock:
            return place(self._planner.supplements(), job)

    def talk(self, segment: str, dialogue: Dialogue[Any], baud_rate: int = 0) -> Future[Any]:
        """Run a dialogue on a segment as soon as its bus is free. Raises `RefusedError`."""
        with self._lock:
            return self.segment(segment).talk(dialogue, baud_rate)

    def lend(self, segment: str, until: datetime, to: str, baud_rate: int = 0) -> Lease:
        """Lend a segment's line once the round under way is over; wait for `granted`. Raises `RefusedError`."""
        with self._lock:
            lender = self.segment(segment)
            lease = Lease(segment, self._monotonic(until), to, baud_rate or lender.settings.baud_rate, lender.mail.wake)
            lender.lend(lease)
            return lease

    def pause(self, segment: str, until: datetime) -> None:
        """Read nothing on a segment for a while. Raises `RefusedError`."""
        sentence = f"Readouts are paused until {until.astimezone(self._settings.zone):%Y-%m-%d %H:%M:%S}."
        self.segment(segment).pause(self._monotonic(until), sentence)

    def resume(self, segment: str) -> None:
        """Go on before the pause or the lease is over. Raises `RefusedError`."""
        self.segment(segment).resume()

    # ---------------------------------------------------------------- what is known

    def segment(self, name: str) -> Segment:
        """A segment in use. Raises `RefusedError`."""
        found = self._segments.get(name)
        if found is None:
            names = ", ".join(self._segments) or "none"
            raise RefusedError(f'There is no segment "{name}" in use, only: {names}.', Kind.NOT_FOUND)
        return found

    def status(self) -> tuple[SegmentStatus, ...]:
        """Every segment in use."""
        return tuple(status_of(segment) for segment in list(self._segments.values()))

    def newest(self, meter: int) -> Heard | None:
        """The newest reading of a meter since the start, in memory, whatever it was made for."""
        pages = (segment.memory.meters.get(meter) for segment in list(self._segments.values()))
        found = [page.newest for page in pages if page is not None and page.newest is not None]
        return max(found, key=lambda heard: heard.at.monotonic, default=None)

    @property
    def last_progress(self) -> float:
        """Monotonic time at which the slowest segment last ended a reading, or had none to make."""
        return min(
            (segment.last_progress for segment in list(self._segments.values())), default=self._clock.monotonic()
        )

    # ---------------------------------------------------------------- segments

    def _apply(self, settings: EngineSettings) -> None:
        self._settings = settings
        wanted = {one.name: one for one in settings.segments if one.enabled}
        changed = [name for name, segment in self._segments.items() if wanted.get(name) != segment.settings]
        for name in changed:
            self._dismiss(name, f"The settings of the segment {name} were changed.")
        for name, one in wanted.items():
            if name not in self._segments:
                self._add(one)
        listed = {meter.id: meter for one in settings.segments for meter in self._meters.meters(one.name)}
        for segment in self._segments.values():
            segment.follow(listed)
            segment.read_continuously(settings.continuous_pause if settings.continuous else None)
        self._planner.apply(settings, anew=changed)

    def _add(self, settings: SegmentSettings) -> None:
        segment = Segment(
            settings,
            meters=self._meters,
            intake=self._intake,
            clock=self._clock,
            publish=self._publish,
            wanted=self._wanted,
        )
        self._segments[settings.name] = segment
        if self._running:
            self._employ(segment)

    def _employ(self, segment: Segment) -> None:
        if segment.name not in self._workers:
            worker = self._workers[segment.name] = Worker(segment, self._open_line, self._clock)
            worker.start()

    def _dismiss(self, name: str, sentence: str) -> None:
        segment = self._segments.pop(name)
        worker = self._workers.pop(name, None)
        if worker is None:
            segment.stop(sentence)
        else:
            worker.stop(sentence)

    def _order(self, *, store: bool) -> Errand:
        return Errand(
            slot=int(self._clock.now().timestamp()),
            kind=ReadingKind.MANUAL,
            priority=Priority.PERSON,
            began=self._clock.now(),
            retries=self._settings.manual_retries,
            retry_offset=self._settings.manual_retry_offset,
            store=store,
        )

    def _monotonic(self, instant: datetime) -> float:
        return self._clock.monotonic() + (instant - self._clock.now()).total_seconds()
