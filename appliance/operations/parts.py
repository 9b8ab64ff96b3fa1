"""What operations may use. The composition root fills it once; a call carries it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from appliance.clock import Clock
from appliance.events import BusState
from appliance.hub import Hub, Job
from appliance.lifecycle import Lifecycle
from appliance.mbus.dialogue import Counters
from appliance.mbus.dialogue.conversation import Dialogue
from appliance.meters.meter import Meter
from appliance.operations.internet import InternetWatch
from appliance.operations.lending import Lender
from appliance.operations.panel_view import Panel
from appliance.operations.probation import Probation
from appliance.operations.simulation import Simulation
from appliance.ports import Heard, Missed, Network, OpenLine, Reach, SerialPorts
from appliance.security.certificates import KeyStore
from appliance.security.doorkeeper import Doorkeeper
from appliance.settings import Settings
from appliance.store.identities import Identities
from appliance.store.store import Store
from appliance.supervisor import ServiceStatus


class Readings(Protocol):
    """What comes of an order to read meters."""

    def result(self, timeout: float | None = None) -> Sequence[Heard | Missed]:
        """One per meter, in the order asked."""


class RoundNow(Protocol):
    """A round under way."""

    @property
    def slot(self) -> int: ...
    @property
    def due(self) -> int: ...
    @property
    def answered(self) -> int: ...
    @property
    def missed(self) -> int: ...
    @property
    def waits_until(self) -> datetime | None: ...


class Segment(Protocol):
    """How a segment is."""

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def state(self) -> BusState: ...
    @property
    def baud_rate(self) -> int: ...
    @property
    def queue(self) -> int: ...
    @property
    def sentence(self) -> str: ...
    @property
    def round(self) -> RoundNow | None: ...
    @property
    def counters(self) -> Counters: ...


class Bus(Protocol):
    """The bus engine, as far as people order something of it."""

    def read(self, meters: Sequence[Meter], *, store: bool, job: Job | None) -> Readings:
        """Read meters now, before the round."""

    def round_now(self, job: Job | None) -> Readings:
        """Run a round for the present slot."""

    def status(self) -> Sequence[Segment]:
        """Every segment."""

    def newest(self, meter: int) -> Heard | None:
        """The newest reading of a meter since the start, in memory, whatever it was made for."""

    def reconfigure(self) -> None:
        """Segments, settings or meters changed."""

    def pause(self, segment: str, until: datetime) -> None:
        """Read nothing on a segment for a while."""

    def resume(self, segment: str) -> None:
        """Go on."""

    def talk(self, segment: str, dialogue: Dialogue[Any], baud_rate: int = 0) -> Future[Any]:
        """Run a dialogue as soon as the bus is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a running appliance."""

    hub: Hub
    settings: Settings
    store: Store
    engine: Bus
    clock: Clock
    open_line: OpenLine
    version: str
    started: datetime
    data_folder: Path
    doorkeeper: Doorkeeper
    identities: Identities
    notices: Callable[[], Sequence[str]] = tuple
    """What the root knows and a person should: damaged database set aside, ports taken ..."""
    services: Callable[[], Sequence[ServiceStatus]] = tuple
    troubles: Callable[[], Mapping[str, str]] = dict
    """Doors that do not open, by their settings' subject, and why."""
    serial: str = "00000000"
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    probation: Probation = field(default_factory=Probation)
    internet: InternetWatch = field(default_factory=InternetWatch)
    lender: Lender | None = None  # who hands the bus to a computer
    panel: Panel[Any] | None = None  # of a `Call`, which carries these parts
    network: Callable[[], Network] = Network
    restart: Callable[[str], None] = lambda service: None
    """Start a service anew; it is cut off and comes again by itself."""
    reach: Reach | None = None
    serial_ports: SerialPorts | None = None
    simulation: Callable[[str], Simulation | None] = lambda url: None
    """The simulated building behind a line's URL, while that line is used."""

    @property
    def files(self) -> Path:
        """The file repository."""
        return self.data_folder / "files"

    @property
    def certificates(self) -> KeyStore:
        """The identities of this device for TLS."""
        return KeyStore(self.data_folder / "certificates", self.clock)
