"""Orders that tell what this appliance is: its identity, clock, network, power, licences (operations.md §1)."""

from __future__ import annotations

import platform
import socket
from collections import Counter
from collections.abc import Iterator
from importlib import metadata
from typing import Final

from appliance.checks.clock import is_synchronised
from appliance.checks.program import needed
from appliance.operations.answer import Answer, Cell, Data, Table
from appliance.operations.call import Call
from appliance.operations.health import free_disk, own_address, surroundings, temperature
from appliance.operations.meter_state import states_of
from appliance.operations.operation import operation
from appliance.operations.planner import cable_length
from appliance.operations.readout import schedules
from appliance.operations.services import services
from appliance.operations.times import ago, local
from appliance.ports import Network

NAMES: Final = 16  # columns
OURS: Final = "busmeister"
TYPE: Final = "M-Bus metering appliance"


@operation("show about", level=1)
def show_about(call: Call) -> Answer:
    """Serial number, type, board, versions, MAC, address, hostname, domain, uptime, restarts, disk, temperature."""
    return _facts(_about(call))


@operation("show system", level=1)
def show_system(call: Call) -> Answer:
    """System panel: device, network, internet, time, meters, services, scheduled tasks."""
    meters = [meter for meter in call.parts.store.meters.all() if meter.active]
    counted = Counter(str(state.status) for state in states_of(call.parts, meters))
    states = Counter(service.state for service in services(call).services)
    tasks = schedules(call)
    facts: dict[str, Data] = {
        **_about(call),
        **surroundings(call),
        "meters": len(meters),
        "readouts": ", ".join(f"{count} {status}" for status, count in counted.items()),
        "services": ", ".join(f"{count} {state}" for state, count in states.items()),
    }
    return Answer(lines=_lines(facts), table=tasks, data=facts | {"tasks": tasks.data()})


@operation("show time", level=1)
def show_time(call: Call) -> Answer:
    """Clock, zone, quality, and whether a time server keeps it right."""
    now = call.now()
    return _facts(
        {
            "clock": local(now, call.zone).text,
            "utc": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "zone": str(call.zone),
            "quality": str(call.parts.clock.quality),
            "synchronized": is_synchronised(),
            "started": local(call.parts.started, call.zone).text,
        }
    )


@operation("show network", level=1)
def show_network(call: Call) -> Answer:
    """Interfaces, addresses, routers, name servers, counters, MAC."""
    network = call.parts.network()
    rows = [
        (
            one.name,
            "connected" if one.connected else "no cable",
            one.mac,
            ", ".join(one.addresses),
            one.received,
            one.sent,
        )
        for one in network.interfaces
    ]
    table = Table.of("interface state mac addresses received sent", rows, "received sent")
    lines = (
        f"{'routers':{NAMES}}{', '.join(network.routers) or '–'}",
        f"{'name servers':{NAMES}}{', '.join(network.name_servers) or '–'}",
    )
    data = {"interfaces": table.data(), "routers": list(network.routers), "name_servers": list(network.name_servers)}
    return Answer(lines=lines, table=table, data=data)


@operation("show power", level=1)
def show_power(call: Call) -> Answer:
    """Bus voltage and current where they are measured, unit loads, cable advice."""
    rows = []
    for name, segment in call.parts.settings.segment.items():
        loads = len(call.parts.store.meters.meters(name))
        cable = cable_length(loads, segment.cable.diameter)
        rows.append(
            (name, None, None, loads, segment.unit_loads, segment.cable.length or None, Cell(cable, f"{cable} m"))
        )
    names = "segment voltage current unit_loads feeds cable cable_to"
    return Answer(table=Table.of(names, rows, names.removeprefix("segment ")))


@operation("show licence_text", level=0)
def show_licence_text(call: Call) -> Answer:
    """Licences of the program and its libraries."""
    del call  # the same for everybody
    return Answer(lines=tuple(line for name in (OURS, *needed()) for line in _licence(name)))


def _about(call: Call) -> dict[str, Data]:
    parts = call.parts
    network, degrees = parts.network(), temperature()
    return {
        "serial": parts.serial,
        "type": TYPE,
        "board": parts.panel.view().title if parts.panel else "none",
        "version": parts.version,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "mac": _mac(network),
        "address": own_address(),
        "hostname": socket.gethostname(),
        "domain": network.domain,
        "up": ago(parts.started, call.now()),
        "restarts": parts.store.history.boot - 1,
        "free_disk": free_disk(parts.data_folder),
        "temperature": None if degrees is None else f"{degrees} °C",
    }


def _mac(network: Network) -> str:
    connected = [one.mac for one in network.interfaces if one.connected]
    return next(iter([*connected, *(one.mac for one in network.interfaces)]), "")


def _facts(facts: dict[str, Data]) -> Answer:
    return Answer(lines=_lines(facts), data=facts)


def _lines(facts: dict[str, Data]) -> tuple[str, ...]:
    return tuple(f"{name.replace('_', ' '):{NAMES}}{_word(value)}" for name, value in facts.items())


def _word(value: Data) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value in (None, "") else str(value)


def _licence(name: str) -> Iterator[str]:
    """Its name, and the text it came with."""
    try:
        package = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return
    yield f"{package.metadata['Name']} {package.version}"
    for file in package.files or ():
        if "licenses" in file.parts or file.name.upper().startswith("LICEN"):
            yield from (f"  {line}" for line in file.read_text().splitlines())
    yield ""
