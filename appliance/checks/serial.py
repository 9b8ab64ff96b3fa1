"""The serial ports, and whether this user may use each."""

from __future__ import annotations

import os
from collections.abc import Iterator

from appliance.checks.finding import Finding, error, ok, warning
from appliance.ports import SerialPorts
from appliance.system_users import user_name


def check_serial_ports(machine: SerialPorts, appliance: str | None) -> Iterator[Finding]:
    """Each port of the machine; the appliance that runs (its process number) may of course use one."""
    ports = machine.ports()
    if not ports:
        yield warning("serial port", "none found", "Plug in a converter, unless the meters are read over the network")
    for port in ports:
        yield check_port(machine, port, appliance)


def check_port(machine: SerialPorts, port: str, appliance: str | None) -> Finding:
    """Whether it can be used."""
    if not os.access(port, os.R_OK | os.W_OK):
        user = user_name(os.geteuid())
        return error("serial port", f"{port}: user {user} has no permission", machine.permission_hint(port))
    others = [holder for holder in machine.holders(port) if not holder.endswith(f"(pid {appliance})")]
    if others:
        names = ", ".join(others)
        return warning("serial port", f"{port}: used by {names}", "Stop it where busmeister is to use the port")
    return ok("serial port", port)
