"""What a stranger could reach, since when and by whom (operations.md §1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final

from appliance.operations.answer import Answer, Table
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.services import OFF, Reach, Service, services
from appliance.operations.times import local
from appliance.security.books import AuditRow, Door
from appliance.settings import Line

OPENS: Final = ("enabled", "listen", "allow", "port", "tls")  # what of a service's settings decides who reaches it
SET_UP: Final = "setup"  # the order before which nobody could log in
LOGINS: Final = (Door.CONSOLE, Door.SSH)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a port came to be open as it is."""

    at: datetime | None = None  # None: as delivered
    by: str = ""
    deviations: tuple[str, ...] = ()  # `listen=0.0.0.0`: what is not as delivered

    @property
    def words(self) -> str:
        """What differs from delivery."""
        return " ".join(self.deviations) or "as delivered"


def open_ports(call: Call) -> tuple[Service, ...]:
    """Every service that listens on a port."""
    return tuple(one for one in services(call).services if one.port and one.state != OFF)


def openings(call: Call) -> dict[str, Opening]:
    """Of each open port, by its service, the last order in the audit trail that decided who reaches it."""
    lines = call.parts.settings.lines()
    set_ = {line.name: line for line in lines if not line.is_default}
    return {one.name: _opening(call, one, set_) for one in open_ports(call)}


@operation("show exposure", level=1)
def show_exposure(call: Call) -> Answer:
    """Every open port: who may reach it, encrypted or not, since when, by whom, deviations from delivery."""
    found = openings(call)
    rows = [
        (
            one.port,
            one.name,
            str(one.reach),
            one.encrypted,
            one.clients,
            local(found[one.name].at, call.zone),
            found[one.name].by,
            found[one.name].words,
            one.note,
        )
        for one in open_ports(call)
    ]
    names = "port service open_to encrypted clients since by deviations note"
    return Answer(table=Table.of(names, rows, "port clients"))


def _opening(call: Call, service: Service, set_: dict[str, Line]) -> Opening:
    names = [f"{service.settings}.{word}" for word in OPENS]
    row = _decided(call, service, names)
    deviations = tuple(f"{name.rpartition('.')[2]}={set_[name].text}" for name in names if name in set_)
    return Opening(row.at if row else None, row.act.who if row else "", deviations)


def _decided(call: Call, service: Service, names: Sequence[str]) -> AuditRow | None:
    """The newest order on its settings, or the set-up where that is newer and let others than this machine in."""
    audit = call.parts.doorkeeper.audit
    let_in = service.name in LOGINS and service.reach is not Reach.LOCAL
    set_up = audit.newest_done(SET_UP) if let_in else None
    rows = [row for row in (audit.newest_change(names), set_up) if row is not None]
    return max(rows, key=attrgetter("number"), default=None)
