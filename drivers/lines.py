"""Lines by URL: the scheme names the driver, which is imported when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from appliance.errors import LineRefused
from appliance.ports import Line

if TYPE_CHECKING:
    from drivers.simulated.line import SharedBus

DRIVERS: Final = {
    "serial": "drivers.serial_line:SerialLine",
    "tcp": "drivers.tcp_line:TcpLine",
    "simulated": "drivers.simulated.line:SimulatedLine",
}


def open_line(url: str) -> Line:
    """The line a URL names, not yet open. Raises `LineRefused` for a URL that names none."""
    scheme, separator, _ = url.partition("://")
    driver = DRIVERS.get(scheme.lower()) if separator else None
    if driver is None:
        known = ", ".join(f"{known}://" for known in DRIVERS)
        given = f'"{url}"' if url else "An empty URL"
        raise LineRefused(f"{given} names no line. Line URLs begin with {known}.")
    module, _, name = driver.partition(":")
    try:
        line: Line = getattr(importlib.import_module(module), name)(url)
    except ModuleNotFoundError as error:
        raise LineRefused(
            f'"{url}" needs the Python package {error.name}, which is not installed. '
            "Install it with: pip install 'busmeister[run]'."
        ) from error
    return line


def simulation(url: str) -> SharedBus | None:
    """The simulated building behind the URL of a line in use; None behind a real line."""
    if not url.lower().startswith("simulated://"):
        return None
    from drivers.simulated.line import in_use

    return in_use(url)
