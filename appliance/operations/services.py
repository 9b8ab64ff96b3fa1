"""Orders about services: what runs, what listens, and who may reach it (operations.md §9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from appliance.operations.answer import Answer, Table
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.times import ago
from appliance.settings.subjects.console import Console
from appliance.settings.subjects.dashboard import Ssh
from appliance.supervisor import ServiceStatus, State

OFF: Final = "off"
DOES: Final = {
    "bus": "reads the meters, a worker for each segment",
    "planning": "starts every planned job at its time",
    "rounds": "hands rounds, changed settings and meters to those who obey them",
    "identities": "learns who meters are from what they say",
    "telegram log": "writes telegrams to the log while log.telegrams asks for it",
    "local console": "console on the socket of the data folder",
    "ui": "everything people look at: telnet, SSH, dashboards",
    "panel": "display, buttons, lights and relays",
    "console": "console over telnet and plain TCP",
    "ssh": "dashboard and console over SSH",
    "level_converter": "a bus that is lent to a computer",
}


class Reach(StrEnum):
    """Who can reach a port."""

    NOBODY = "–"
    LOCAL = "local"
    LISTED = "listed"  # only clients that are named
    NETWORK = "LAN"  # whoever reaches this one address
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Service:
    """One service at this moment."""

    name: str
    state: str
    kind: str  # worker, tcp
    since: datetime
    note: str = ""
    port: int = 0
    listens: str = ""
    reach: Reach = Reach.NOBODY
    clients: int = 0
    encrypted: bool = False
    settings: str = ""  # subject of its settings
    error: str = ""
    pause: float = 0.0  # seconds to the next attempt

    @property
    def does(self) -> str:
        """What it is for."""
        return DOES.get(self.name, "")

    @property
    def exposed(self) -> bool:
        """Anybody may reach it, and listen to what is said."""
        return self.reach is Reach.ALL and not self.encrypted


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is here now."""

    number: int
    user: str
    door: str
    source: str
    level: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Services:
    """Services and sessions."""

    services: tuple[Service, ...]
    sessions: tuple[Session, ...]


def services(call: Call) -> Services:
    """Everything that runs or could run: doors, workers in trouble, the others, and at last what is off."""
    call.need_level(1, "the services")
    entries = call.parts.doorkeeper.sessions.all()
    sessions = tuple(Session(e.number, e.user, e.door, e.source, e.level, e.since) for e in entries)
    found = [*_doors(call, sessions), *(_worker(status) for status in call.parts.services())]
    found.sort(key=lambda one: (one.state == OFF, not (one.port or one.note)))
    return Services(tuple(found), sessions)


@operation("service list", level=1, also="show services")
def service_list(call: Call) -> Answer:
    """Services with state, port, clients, last fault."""
    now = call.now()
    rows = [
        (s.name, s.state, s.kind, s.port or None, s.listens, str(s.reach), s.clients, ago(s.since, now), s.note)
        for s in services(call).services
    ]
    return Answer(table=Table.of("service state kind port listens open_to clients since note", rows, "port clients"))


@operation("client list", level=1, also="show clients")
def client_list(call: Call) -> Answer:
    """Clients of all services."""
    now = call.now()
    sessions = services(call).sessions
    rows = [(s.number, s.user or "nobody yet", s.level, s.door, s.source, ago(s.since, now)) for s in sessions]
    return Answer(table=Table.of("client user level door source since", rows, "client level"))


def _worker(status: ServiceStatus) -> Service:
    waits = status.state in (State.WAITING, State.FAILED)
    note = f"{status.error} Attempt {status.failures + 1} in {status.pause:.0f} s." if waits else ""
    return Service(status.name, str(status.state), "worker", status.since, note, error=status.error, pause=status.pause)


def _doors(call: Call, sessions: tuple[Session, ...]) -> Iterator[Service]:
    settings = call.parts.settings
    tls = str(settings.console.tls)
    passwords = "set up with users and passwords" if call.parts.doorkeeper.is_set_up else "not set up yet"
    console = f"{passwords}, TLS {tls}"
    yield _door(call, "console", settings.console, sessions, console, encrypted=tls == "required")
    yield _door(call, "ssh", settings.ssh, sessions, passwords, encrypted=True)
    yield from _lent(call)


def _lent(call: Call) -> Iterator[Service]:
    """The port of the level converter, which listens while a bus is lent over the network."""
    rows = call.parts.settings.level_converter
    for lent in call.parts.lender.lent() if call.parts.lender else ():
        if lent.where.startswith("TCP"):
            yield Service(
                "level_converter",
                str(State.RUNNING),
                "tcp",
                call.now(),
                f"the bus {lent.segment} without a password",
                rows.port,
                ",".join(map(str, rows.listen)),
                _reach_of(rows.listen, rows.allow),
                int(bool(lent.client)),
                settings="level_converter",
            )


def _door(
    call: Call,
    name: str,
    rows: Console | Ssh,
    sessions: tuple[Session, ...],
    note: str,
    *,
    encrypted: bool,
) -> Service:
    trouble = call.parts.troubles().get(name, "") if rows.enabled else ""
    opens = rows.enabled and not trouble
    return Service(
        name,
        str(State.WAITING if trouble else State.RUNNING) if rows.enabled else OFF,
        "tcp",
        call.parts.started,
        trouble or note,
        rows.port,
        ",".join(map(str, rows.listen)),
        _reach(rows, is_set_up=call.parts.doorkeeper.is_set_up) if opens else Reach.NOBODY,
        sum(session.door == name for session in sessions),
        encrypted,
        name,
        error=trouble,
    )


def _reach(rows: Console | Ssh, *, is_set_up: bool) -> Reach:
    """Who reaches a port; before set-up by SSH the neighbours with the code, else nobody from outside."""
    reach = _reach_of(rows.listen, rows.allow)
    if reach is not Reach.LOCAL and not is_set_up:
        return Reach.NETWORK if isinstance(rows, Ssh) else Reach.LOCAL
    return reach


def _reach_of(listen: Iterable[IPv4Address | IPv6Address | None], allow: Collection[object]) -> Reach:
    addresses = [address for address in listen if address is not None]
    if all(address.is_loopback for address in addresses):
        return Reach.LOCAL
    if allow:
        return Reach.LISTED
    return Reach.ALL if any(address.is_unspecified for address in addresses) else Reach.NETWORK
