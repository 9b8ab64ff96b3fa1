"""How the appliance itself is: its network, clock, disk and warmth."""

from __future__ import annotations

import shutil
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from appliance.checks.clock import is_synchronised
from appliance.clock import ClockQuality
from appliance.meters.units import digits
from appliance.operations.answer import Data
from appliance.operations.call import Call
from appliance.operations.internet import Access

TEMPERATURE: Final = Path("/sys/class/thermal/thermal_zone0/temp")
ELSEWHERE: Final = ("192.0.2.1", 9)  # documentation address: no octet is sent, the kernel only chooses a way
MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Health:
    """The appliance itself."""

    version: str
    up_since: datetime
    clock_is_sure: bool
    address: str  # empty without a network
    internet: Access | None  # None where nobody looked
    disk_used: int  # per cent
    temperature: int | None  # degrees Celsius


def health(call: Call) -> Health:
    """How the appliance itself is."""
    disk = shutil.disk_usage(call.parts.data_folder)
    return Health(
        version=call.parts.version,
        up_since=call.parts.started,
        clock_is_sure=call.parts.clock.quality is ClockQuality.TRUSTED,
        address=own_address(),
        internet=call.parts.internet.found(call.parts.settings.network.internet_check),
        disk_used=round(100 * disk.used / disk.total) if disk.total else 0,
        temperature=temperature(),
    )


def surroundings(call: Call) -> dict[str, Data]:
    """Network, internet, time and disk, each in words."""
    parts = call.parts
    keeper = "kept by a time server" if is_synchronised() else "no time server keeps it"
    return {
        "network": own_address() or "none",
        "internet": parts.internet.words(parts.settings.network.internet_check),
        "time": f"clock {parts.clock.quality}, {keeper}",
        "disk": f"{free_disk(parts.data_folder)} free",
    }


def own_address() -> str:
    """The address others reach this machine at; empty without a network."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(ELSEWHERE)
        return str(probe.getsockname()[0])
    return ""


def free_disk(folder: Path) -> str:
    """What is left where the appliance keeps its data."""
    return f"{digits(shutil.disk_usage(folder).free // MEGABYTE)} MB"


def temperature() -> int | None:
    """Of the processor, in degrees Celsius; None where nothing measures it."""
    try:
        return int(TEMPERATURE.read_text(encoding="ascii")) // 1000
    except (OSError, ValueError):
        return None
