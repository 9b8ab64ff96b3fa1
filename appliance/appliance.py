"""The composition root: builds the parts, hands each only what it needs, starts bottom-up, stops top-down.

```text
store, settings, hub            open before anything runs
bus       Reading               the engine: a worker a segment, rounds on schedule
planning  Scheduler             every planned job, housekeeping of the store among them
rounds    Registrar             what rounds did goes to the store; the engine follows changed settings
identities                      who meters are, learnt from what they say
console   LocalConsole          the local socket
ui        UiLoop                everything people look at: the telnet console, the dashboard
```
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final, cast
from zoneinfo import ZoneInfo

from appliance import wiring
from appliance.bus.engine import Engine
from appliance.clock import Clock, ClockQuality, SystemClock
from appliance.cron import Schedule
from appliance.events import ClockStepped, MetersChanged, RoundProgress, SettingsChanged, StorageTrouble
from appliance.hub import Hub
from appliance.lifecycle import Lifecycle
from appliance.log import JournalHandler, Output, set_up, stream
from appliance.mbus.book import LayoutBook
from appliance.notify import Notifier
from appliance.operations.all import registry
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.parts import Parts
from appliance.panel_wiring import front_panel
from appliance.planning import PlannedJob, Scheduler
from appliance.services.level_converter import LevelConverter
from appliance.services.network import apply_network, fixed_address
from appliance.store.folder import DataFolder
from appliance.store.store import Store
from appliance.supervisor import State, Supervisor
from appliance.ui_loop import UiLoop
from console.editor import serve as serve_console
from console.editor.stream import Stream
from console.local.server import LocalConsole
from console.telnet import TelnetConsole
from drivers.host.machine import HostMachine
from drivers.lines import open_line
from tui.attach_console import ConsoleStream
from tui.attach_server import AttachServer
from tui.sessions import Dashboards
from tui.ssh import SshServer
from tui.ssh.channel import Channel
from tui.ssh.server import LISTENING
from tui.tuning import tune

NAME: Final = "busmeister"
Handed = RoundProgress | SettingsChanged | MetersChanged | StorageTrouble | ClockStepped
HANDED: Final[tuple[type[Handed], ...]] = (RoundProgress, SettingsChanged, MetersChanged, StorageTrouble, ClockStepped)
CLOSED: Final = "The configuration was lost: nothing listens on the network until a person has looked at the settings."
log = stream("service.appliance")


@dataclass(frozen=True, slots=True)
class Options:
    """What is known before the store opens; everything else is a setting."""

    data: Path
    database: str | None = None
    quiet: bool = False  # the terminal shows the dashboard: the log goes to the store alone


class Reading:
    """The engine as a service."""

    name = "bus"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, stop: threading.Event) -> None:
        """Read until `stop`."""
        self._engine.start()
        try:
            stop.wait()
        finally:
            self._engine.stop()


class Registrar:
    """Hands on what happens: rounds to the store, changed settings and meters to those who obey them."""

    name = "rounds"

    def __init__(self, appliance: Appliance) -> None:
        self._appliance = appliance

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`; events of a round's end come until the engine, which stops later, has ended."""
        with self._appliance.hub.follow(*HANDED) as following:
            while not stop.is_set():
                event = following.get(timeout=0.5)
                if event is not None:
                    self._hand_on(event)

    def _hand_on(self, event: Handed) -> None:
        match event:
            case RoundProgress(ended=datetime()):
                self._appliance.store.round_ended(event)
            case SettingsChanged():
                self._appliance.obey(event.names)
            case MetersChanged():
                self._appliance.engine.reconfigure()
            case ClockStepped(seconds):
                self._appliance.repair_time(seconds)
            case StorageTrouble(sentence):
                self._appliance.trouble = sentence


class Appliance:
    """All parts of one running appliance. Made by `open`, ended by `close`."""

    def __init__(
        self, options: Options, store: Store, hub: Hub, clock: Clock, layouts: LayoutBook, lifecycle: Lifecycle
    ) -> None:
        self.options = options
        self.store = store
        self.hub = hub
        self.clock = clock
        self.layouts = layouts
        folder = DataFolder(options.data)
        self.serial = serial_number(folder.key())
        self.settings = wiring.open_settings(
            store, hub.publish, key=folder.key(), serial=self.serial, open_line=open_line
        )
        self.doorkeeper = wiring.doorkeeper(store, self.settings, clock, folder)
        self.obey_storage()
        self.scheduler = Scheduler(clock, hub.publish)
        self.engine = Engine(
            open_line=open_line,
            meters=store.meters,
            intake=store,
            settings=lambda: wiring.engine_settings(self.settings, self.serial),
            clock=clock,
            publish=hub.publish,
            wanted=hub.wanted,
            scheduler=self.scheduler,
        )
        self.identities = wiring.identities(store, hub, self.settings, self.doorkeeper)
        parts = Parts(
            hub=hub,
            settings=self.settings,
            store=store,
            engine=self.engine,
            clock=clock,
            open_line=open_line,
            version=version(NAME),
            started=clock.now(),
            data_folder=options.data,
            doorkeeper=self.doorkeeper,
            identities=self.identities,
            notices=self._notices,
            services=lambda: self.supervisor.status(),
            troubles=lambda: self.ui.troubles,
            serial=self.serial,
            lifecycle=lifecycle,
            lender=LevelConverter(
                self.engine, self.settings, clock, open_line, partial(self.doorkeeper.audit.add, quietly=True)
            ),
        )
        self.host = HostMachine()
        self.panel = front_panel(parts, self.host, health=self._health)
        self.parts = replace(parts, panel=self.panel)
        self.trouble = ""  # the last one of the store
        self._clock_was_trusted = clock.quality is ClockQuality.TRUSTED
        self._journal = JournalHandler(store.journal.take)
        self._planned: list[PlannedJob] = []
        self.ui = UiLoop()
        self.telnet = TelnetConsole(self.parts)
        self.ui.add(self.telnet.name, self.telnet.start)
        self.dashboards = Dashboards(self.parts)
        self.ui.add("local terminals", partial(AttachServer.start, self.parts, self.dashboards, open_console))
        self.ui.add("ssh", SshServer(self.parts, self.dashboards, open_console).start)
        self.supervisor = Supervisor(
            [
                Reading(self.engine),
                self.scheduler,
                Registrar(self),
                self.identities,
                LocalConsole(self.parts),
                self.ui,
                self.panel,
            ],
            clock=clock,
            progress=lambda: min(self.engine.last_progress, store.progress),
            patience=lambda: self.settings.watchdog.stall_time.total_seconds(),
            notifier=Notifier() if self.settings.watchdog.enabled else None,
        )

    @classmethod
    def open(cls, options: Options, lifecycle: Lifecycle | None = None) -> Appliance:
        """Claim the data folder, open the database and the settings; nothing runs yet."""
        clock = SystemClock()
        hub = Hub(clock)
        layouts = LayoutBook()
        store = Store.open(options.data, clock=clock, publish=hub.publish, url=options.database, layouts=layouts)
        clock.boot = store.boot
        try:
            return cls(options, store, hub, clock, layouts, lifecycle or Lifecycle())
        except BaseException:
            store.close()
            raise

    def run(self, stop: threading.Event) -> None:
        """Start every service, watch over them until `stop`, stop them."""
        log.info("busmeister %s starts on %s.", self.parts.version, self.options.data)
        self.begin_housekeeping()
        if fixed_address(self.settings) is not None:
            apply_network(self.settings, self.host)
        tune()
        self.supervisor.run(stop)

    def close(self) -> None:
        """Write what waits and let the data folder go."""
        log.info("busmeister ends.")
        self._journal.close()
        self.hub.close()
        self.store.close()

    def greeting(self) -> Iterator[str]:
        """What a person at the terminal should know."""
        yield f"busmeister {self.parts.version}  data {self.options.data}"
        if code := self.doorkeeper.setup_code:
            yield f"Set-up code: {code} (shown here, on the display, and by busmeister doctor)"
        yield f"console: busmeister console --data {self.options.data}"
        for segment in wiring.engine_settings(self.settings, self.serial).segments:
            meters = len(self.store.meters.meters(segment.name))
            schedule = self.settings.readout.schedule
            yield f"segment {segment.name}: {segment.url}, {segment.baud_rate} Bd, {meters} meters, every {schedule}"
        yield from self._notices()

    def obey(self, names: frozenset[str]) -> None:
        """Settings have new values: hand them to who obeys them."""
        if any(name.startswith(("storage.", "log.", "restart.", "time.")) for name in names):
            self.obey_storage()
            self.plan_housekeeping()
        if any(name.startswith(("segment.", "bus.", "readout.", "job.", "time.")) for name in names):
            self.engine.reconfigure()
        self.telnet.obey(names)
        if names & LISTENING:
            self.ui.restart("ssh")

    def obey_storage(self) -> None:
        """The store and the log follow their settings."""
        self.store.options = wiring.store_options(self.settings)
        output = Output.OFF if self.options.quiet else Output(self.settings.log.output)
        set_up(wiring.log_severity(self.settings), output)

    def begin_housekeeping(self) -> Future[None]:
        """Plan the store's regular work, and finish what a power cut left half done."""
        self.plan_housekeeping()
        return self.hub.ask(self.store.housekeeping.resume)

    def plan_housekeeping(self) -> None:
        """The regular work of the store and of the whole, on the schedules in force."""
        for job in self._planned:
            job.cancel()
        zone, storage, restart = self.settings.time.zone.info, self.settings.storage, self.settings.restart
        keeping = self.store.housekeeping
        work: tuple[tuple[str, Callable[[], object]], ...] = (
            (storage.maintenance.schedule, keeping.maintain),
            (storage.snapshot.schedule, keeping.changed),
            (storage.check.schedule, keeping.check),
            (restart.schedule if restart.enabled else "", self.restart_as_planned),
        )
        self._planned = [
            self.scheduler.cron(Schedule.parse(text, self.serial), zone, partial(self._in_background, task))
            for text, task in work
            if text
        ]

    def restart_as_planned(self) -> None:
        """As a person would order it, so that no round is cut in two and the audit trail says why."""
        call = Call(self.parts, "restart.schedule", 3, door="schedule")
        execute(call, registry().get("restart"), [], confirmed=True)

    def repair_time(self, seconds: float) -> None:
        """The wall clock was set. Where that made it trustworthy, readings made before get their true slots."""
        trusted = self.clock.quality is ClockQuality.TRUSTED
        if trusted and not self._clock_was_trusted:
            schedule, zone = Schedule.parse(self.settings.readout.schedule, self.serial), self.settings.time.zone.info
            moved = self.store.clock_trusted(seconds, partial(true_slot, schedule, zone))
            log.info("The clock is trusted now: %d readings were moved to their true slots.", moved)
        self._clock_was_trusted = trusted

    def _in_background(self, task: Callable[[], object], planned: datetime) -> None:
        """Long work of the store, off the scheduler's thread."""
        self.hub.ask(task)

    def _health(self) -> str:
        """For the lights: booting, normal, error."""
        states = {status.state for status in self.supervisor.status()}
        if states & {State.FAILED, State.WAITING}:
            return "error"
        return "booting" if State.STARTING in states else "normal"

    def _notices(self) -> tuple[str, ...]:
        recovery = (str(self.store.recovery),) if self.store.recovery else ()
        closed = (CLOSED,) if self.store.closed_on_network else ()
        trouble = tuple(filter(None, (self.trouble, self.doorkeeper.audit.trouble)))
        return (*recovery, *closed, *trouble, *self.settings.problems)


async def open_console(channel: Channel | ConsoleStream, call: Call) -> None:
    """The console in an SSH session or a terminal of this machine that asked for it."""
    await serve_console(cast("Stream", channel), call)  # windows have columns and rows in either view's words


def true_slot(schedule: Schedule, zone: ZoneInfo, second: int) -> int:
    """The slot of the grid that a corrected second belongs to."""
    latest = schedule.latest(datetime.fromtimestamp(second, UTC), zone)
    return second if latest is None else int(latest.timestamp())


def serial_number(key: bytes) -> str:
    """Eight digits, the same at each start of this device, from its own key and not leading back to it."""
    digest = hashlib.sha256(b"serial number" + key).digest()
    return f"{int.from_bytes(digest[:8]) % 10**8:08d}"
