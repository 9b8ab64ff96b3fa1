"""An apartment block and the appliance in its boiler room, in virtual time, with a few troubles."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from appliance import wiring
from appliance.bus.engine import Engine
from appliance.bus.engine_settings import EngineSettings, SegmentSettings
from appliance.bus.virtual import drive
from appliance.clock import VirtualClock
from appliance.errors import LineRefused
from appliance.events import BusTraffic, RoundProgress
from appliance.hub import Hub
from appliance.log import Severity
from appliance.meters.meter import Meter
from appliance.operations.all import registry
from appliance.operations.call import Call
from appliance.operations.parts import Parts
from appliance.ports import Line
from appliance.services.front_panel.panel import FrontPanel
from appliance.simulated_faults import Fault
from appliance.store.folder import DataFolder
from appliance.store.store import Store
from appliance.supervisor import ServiceStatus, State
from drivers import boards
from drivers.host.machine import HostMachine
from drivers.lines import open_line
from drivers.simulated.building import load
from drivers.simulated.meter import SimulatedMeter
from drivers.simulated.panel import SimulatedPins

BEGIN: Final = datetime(2026, 11, 19, 13, 10, tzinfo=UTC)
SEGMENT: Final = "main"
WRITE_EVERY: Final = 30.0  # seconds
TROUBLE: Final = 2700.0  # seconds before the picture
SILENT: Final = (21, 22)
SILENT_LONGER: Final = 7
TRAFFIC: Final = 60
PASSWORD: Final = "correct horse battery"  # of an appliance that is gone when its pictures are taken
RUNNING: Final = ("bus", "planning", "rounds", "identities", "local console", "ui")
NO_CHIP: Final = "/dev/gpiochip0 is not there: set panel.board=none draws the panel only."
SETTINGS: Final = EngineSettings(
    segments=(SegmentSettings(name=SEGMENT, url="simulated://apartment-block"),),
    zone=ZoneInfo("Europe/Berlin"),
    schedule="15min",
)


class House:
    """Building, bus, engine and store, driven by one thread."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock(BEGIN)
        self.hub = Hub(self.clock)
        self.store = Store.open(folder, clock=self.clock, publish=self._take, threaded=False)
        self.building = load("apartment-block", meters=62, seed=7)
        self._bus = self.building.bus(self.clock)
        self._progress: RoundProgress | None = None
        self._traffic: deque[BusTraffic] = deque(maxlen=TRAFFIC)
        data = DataFolder(folder)
        self.settings = wiring.open_settings(
            self.store, self.hub.publish, key=data.key(), serial="00000161", open_line=open_line
        )
        self._set_up()
        self.engine = Engine(
            open_line=_no_line,
            meters=self.store.meters,
            intake=self.store,
            settings=lambda: SETTINGS,
            clock=self.clock,
            publish=self._take,
            wanted=lambda kind: kind is BusTraffic,
        )
        doorkeeper = wiring.doorkeeper(self.store, self.settings, self.clock, data)
        doorkeeper.prepare()
        doorkeeper.setup(doorkeeper.setup_code, PASSWORD, door="local", source="screenshots")
        parts = Parts(
            hub=self.hub,
            settings=self.settings,
            store=self.store,
            engine=self.engine,
            clock=self.clock,
            open_line=_no_line,
            version="0.1.0",
            started=BEGIN,
            data_folder=folder,
            doorkeeper=doorkeeper,
            identities=wiring.identities(self.store, self.hub, self.settings, doorkeeper),
            services=self._services,
            serial="00000161",
        )
        self._panel = _panel(parts)
        self.parts = replace(parts, panel=self._panel)
        self.call = Call(self.parts, "anna", 3, door="ssh")

    def live_until(self, second: float) -> None:
        """Let the days pass; towards the end some meters fall silent."""
        self._live(second - 30 * 3600)
        self._silence(SILENT_LONGER)
        self._live(second - TROUBLE)
        for place in SILENT:
            self._silence(place)
        self.store.journal.add(Severity.INFO, "anna", "Flat 04-2: heat meter taken off, new one on Monday.")
        self._live(second)

    def publish_round(self) -> None:
        """Tell a dashboard that was opened just now how far the round is."""
        if self._progress is not None and self._progress.ended is None:
            self.hub.publish(self._progress)
        self._panel.begin()
        self._panel.tick()

    def publish_traffic(self) -> None:
        """Let a dashboard that looks at the bus see what passed a moment ago."""
        for traffic in self._traffic:
            self.hub.publish(traffic)

    def close(self) -> None:
        """End it."""
        self.engine.stop()
        self.store.pump()
        self.hub.close()
        self.store.close()

    def _set_up(self) -> None:
        values = {
            "identity.name": "Lindenhof 12",
            "identity.location": "Heizraum",
            "time.zone": "Europe/Berlin",
            f"segment.{SEGMENT}.url": "simulated://apartment-block",
            "readout.schedule": "15min",
        }
        self.settings.set(values, "anna")
        meters = [_meter(number, each) for number, each in enumerate(self.building.meters, 1)]
        gas = replace(meters[-1], id=len(meters) + 1, name="Gas kitchen", secondary_address=None, primary_address=17)
        self.store.meters.add(*meters, replace(gas, active=False))

    def _live(self, second: float) -> None:
        until = self.clock.monotonic() + second - self.clock.now().timestamp()
        while (now := self.clock.monotonic()) < until:
            drive(self.engine, {SEGMENT: self._bus}, self.clock, min(until, now + WRITE_EVERY))
            self.store.pump()

    def _silence(self, place: int) -> None:
        self._bus.put_fault(Fault.DEAF, self.clock.monotonic(), meter=self.building.meters[place])

    def _services(self) -> list[ServiceStatus]:
        """What runs, and one that waits for its hardware."""
        running = [ServiceStatus(name, State.RUNNING, BEGIN) for name in RUNNING]
        waits = ServiceStatus(
            "front panel", State.WAITING, self.clock.now(), NO_CHIP, failures=6, restarts=6, pause=48.0
        )
        return [*running, waits]

    def _take(self, event: object) -> None:
        if isinstance(event, BusTraffic):
            self._traffic.append(event)
            return
        if isinstance(event, RoundProgress):
            self._progress = event
            if event.ended is not None:
                self.store.round_ended(event)
        self.hub.publish(event)


def _meter(number: int, simulated: SimulatedMeter) -> Meter:
    kind, _, count = simulated.name.rpartition(" ")
    flat = int(count) - 1
    return Meter(
        id=number,
        name=f"Flat {flat // 2 + 1:02}-{flat % 2 + 1} {kind}",
        segment=SEGMENT,
        secondary_address=simulated.instrument.secondary_address,
    )


def _panel(parts: Parts) -> FrontPanel:
    return FrontPanel(
        parts,
        registry(),
        boards.load("mbus-center"),
        pins=SimulatedPins(parts.clock),
        open_display=lambda: None,
        host=HostMachine(),
    )


def _no_line(url: str) -> Line:
    raise LineRefused(f"{url} is driven in virtual time.")
