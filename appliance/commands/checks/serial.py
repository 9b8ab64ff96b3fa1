"""The serial ports, and whether this user may use each."""

from __future__ import annotations

import os
from collections.abc import Iterator

from appliance.commands.checks.finding import Finding, error, ok, warning
from drivers import serial_ports


def check_serial_ports(appliance: str | None) -> Iterator[Finding]:
    """Each port; the appliance that runs (its process number) may of course use one."""
    ports = serial_ports.ports()
    if not ports:
        yield warning("serial port", "none found", "Plug in a converter, unless the meters are read over the network")
    for port in ports:
        yield check_port(port, appliance)


def check_port(port: str, appliance: str | None) -> Finding:
    """Whether it can be used."""
    if not os.access(port, os.R_OK | os.W_OK):
        user = serial_ports.user_name(os.geteuid())
        return error("serial port", f"{port}: user {user} has no permission", serial_ports.permission_hint(port))
    others = [holder for holder in serial_ports.holders(port) if not holder.endswith(f"(pid {appliance})")]
    if others:
        names = ", ".join(others)
        return warning("serial port", f"{port}: used by {names}", "Stop it where busmeister is to use the port")
    return ok("serial port", port)
