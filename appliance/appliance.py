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

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from appliance import wiring
from appliance.bus.engine import Engine
from appliance.clock import Clock, SystemClock
from appliance.duties import Duties
from appliance.engine_services import Hands, Reading, Registrar
from appliance.hub import Hub
from appliance.lifecycle import Lifecycle
from appliance.log import JournalHandler, Output, set_up, stream
from appliance.mbus.book import LayoutBook
from appliance.notify import Notifier
from appliance.operations import trial
from appliance.operations.call import Call
from appliance.operations.parts import Parts
from appliance.panel_wiring import front_panel
from appliance.planning import Scheduler
from appliance.services.level_converter import LevelConverter
from appliance.services.network import apply_network, fixed_address
from appliance.services.syslog import Syslog
from appliance.services.telegram_log import TelegramLog
from appliance.store.folder import DataFolder
from appliance.store.store import Store
from appliance.supervisor import State, Supervisor
from appliance.ui_loop import UiLoop
from console.editor import serve as serve_console
from console.editor.stream import Stream
from console.local.server import LocalConsole
from console.telnet import TelnetConsole
from drivers import serial_ports
from drivers.host.interfaces import network
from drivers.host.machine import HostMachine
from drivers.host.reach import HostReach
from drivers.lines import open_line, simulation
from tui.attach_console import ConsoleStream
from tui.attach_server import AttachServer
from tui.sessions import Dashboards
from tui.ssh.door import LISTENING, SshDoor
from tui.tuning import tune

if TYPE_CHECKING:  # loading it is left to the door
    from tui.ssh.channel import Channel

NAME: Final = "busmeister"
CLOSED: Final = "The configuration was lost: nothing listens on the network until a person has looked at the settings."
log = stream("service.appliance")


@dataclass(frozen=True, slots=True)
class Options:
    """What is known before the store opens; everything else is a setting."""

    data: Path
    database: str | None = None
    quiet: bool = False  # the terminal shows the dashboard: the log goes to the store alone


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
        self.serial = folder.serial()
        self.settings = wiring.open_settings(
            store, hub.publish, key=folder.key(), serial=self.serial, open_line=open_line
        )
        self.doorkeeper = wiring.doorkeeper(store, self.settings, clock, folder)
        self.obey_storage()
        self.scheduler = Scheduler(clock, hub.publish)
        self.engine = self._make_engine()
        self.identities = wiring.identities(store, hub, self.settings, self.doorkeeper)
        self.host = HostMachine()
        parts = self._make_parts(lifecycle)
        self.panel = front_panel(parts, self.host, health=self._health)
        self.parts = replace(parts, panel=self.panel)
        self.duties = Duties(self.parts, self.scheduler)
        self.trouble = ""  # the last one of the store
        self._journal = JournalHandler(store.journal.take)
        self._syslog = Syslog(self.settings)
        self.local_console = LocalConsole(self.parts)
        self.telnet = TelnetConsole(self.parts)
        self.ui = self._make_ui()
        self.supervisor = self._make_supervisor()

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

    def listen(self) -> None:
        """Let the local console be called from now on; it answers as soon as the services run."""
        with suppress(OSError):  # its service tries again, and says what is wrong
            self.local_console.open()

    def run(self, stop: threading.Event) -> None:
        """Start every service, watch over them until `stop`, stop them."""
        log.info("busmeister %s starts on %s.", self.parts.version, self.options.data)
        trial.resume(self.parts)
        self.obey_storage()
        self.duties.begin()
        self.hub.ask(self.duties.look_at_internet)
        if fixed_address(self.settings) is not None:
            apply_network(self.settings, self.host)
        tune()
        self.supervisor.run(stop)

    def close(self) -> int:
        """Write what waits and let the data folder go; how many readings could not be written, and so are lost."""
        log.info("busmeister ends.")
        self.local_console.close()
        self._syslog.close()
        self._journal.close()
        self.hub.close()
        return self.store.close()

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
        if any(name.startswith(("storage.", "log.", "restart.", "time.", "network.internet_check.")) for name in names):
            self.obey_storage()
            self.duties.plan()
        if any(name.startswith(("segment.", "bus.", "readout.", "job.", "time.")) for name in names):
            self.engine.reconfigure()
            self._end_old_events()
        self.telnet.obey(names)
        self._syslog.obey(names)
        if names & LISTENING:
            self.ui.restart("ssh")

    def obey_meters(self) -> None:
        """The meter list changed."""
        self.engine.reconfigure()
        self._end_old_events()

    def _end_old_events(self) -> None:
        """Nobody waits any longer for what is not read."""
        active = [meter.id for meter in self.store.meters.all() if meter.active]
        self.store.events.only_of(active, self.settings.segment)

    def restart(self, service: str) -> None:
        """Start a service anew: a door for people, or what the supervisor runs."""
        if service in self.ui:
            self.ui.restart(service)
        else:
            self.supervisor.restart(service)

    def obey_storage(self) -> None:
        """The store and the log follow their settings."""
        self.store.options = wiring.store_options(self.settings)
        output = Output.OFF if self.options.quiet else Output(self.settings.log.output)
        set_up(wiring.log_severity(self.settings), output)

    def _make_engine(self) -> Engine:
        return Engine(
            open_line=open_line,
            meters=self.store.meters,
            intake=self.store,
            settings=lambda: wiring.engine_settings(self.settings, self.serial),
            clock=self.clock,
            publish=self.hub.publish,
            wanted=self.hub.wanted,
            scheduler=self.scheduler,
            last_round=self.store.history.last_round(),
        )

    def _make_parts(self, lifecycle: Lifecycle) -> Parts:
        return Parts(
            hub=self.hub,
            settings=self.settings,
            store=self.store,
            engine=self.engine,
            clock=self.clock,
            open_line=open_line,
            version=version(NAME),
            started=self.clock.now(),
            data_folder=self.options.data,
            doorkeeper=self.doorkeeper,
            identities=self.identities,
            notices=self._notices,
            services=lambda: self.supervisor.status(),
            troubles=lambda: self.ui.troubles,
            serial=self.serial,
            lifecycle=lifecycle,
            network=network,
            reach=HostReach(),
            restart=self.restart,
            serial_ports=serial_ports,
            simulation=simulation,
            lender=LevelConverter(
                self.engine, self.settings, self.clock, open_line, partial(self.doorkeeper.audit.add, quietly=True)
            ),
        )

    def _make_ui(self) -> UiLoop:
        """Everything that people look at; dashboards come by two doors."""
        ui, dashboards = UiLoop(), Dashboards(self.parts)
        ui.add(self.telnet.name, self.telnet.start)
        ui.add("local terminals", partial(AttachServer.start, self.parts, dashboards, open_console))
        ui.add("ssh", SshDoor(self.parts, dashboards, open_console).start)
        return ui

    def _make_supervisor(self) -> Supervisor:
        hands = Hands(
            round_ended=self.store.round_ended,
            settings_changed=self.obey,
            meters_changed=self.obey_meters,
            segment_changed=lambda event: self.store.events.segment_changed(event.segment, event.state, event.sentence),
            clock_stepped=self.duties.repair_time,
            trouble=self._note_trouble,
        )
        services = (
            Reading(self.engine),
            self.scheduler,
            Registrar(self.hub, hands),
            self.identities,
            TelegramLog(self.hub, self.settings, self.clock),
            self.local_console,
            self.ui,
            self.panel,
        )
        return Supervisor(
            services,
            clock=self.clock,
            progress=lambda: min(self.engine.last_progress, self.store.progress),
            patience=lambda: self.settings.watchdog.stall_time.total_seconds(),
            notifier=Notifier() if self.settings.watchdog.enabled else None,
        )

    def _note_trouble(self, sentence: str) -> None:
        self.trouble = sentence

    def _health(self) -> str:
        """For the lights: booting, normal, error."""
        states = {status.state for status in self.supervisor.status()}
        if states & {State.FAILED, State.WAITING}:
            return "error"
        return "booting" if State.STARTING in states else "normal"

    def _notices(self) -> tuple[str, ...]:
        recovery = (str(self.store.recovery),) if self.store.recovery else ()
        closed = (CLOSED,) if self.store.closed_on_network else ()
        trouble = tuple(filter(None, (self.trouble, self.doorkeeper.audit.trouble, self._syslog.trouble)))
        return (*recovery, *closed, *trouble, *self.settings.problems)


async def open_console(channel: Channel | ConsoleStream, call: Call) -> None:
    """The console in an SSH session or a terminal of this machine that asked for it."""
    await serve_console(cast("Stream", channel), call)  # windows have columns and rows in either view's words
