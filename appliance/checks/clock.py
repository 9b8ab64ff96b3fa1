"""The wall clock: readings carry its time."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from appliance.checks.finding import Finding, error, ok, warning
from appliance.clock import Clock, ClockQuality

UNSYNCHRONISED: Final = 5  # TIME_ERROR of adjtimex(2)
TIMEX_SIZE: Final = 512  # octets; struct timex has 208, zeros ask and change nothing
LOCALTIME: Final = Path("/etc/localtime")


def check_clock(clock: Clock, synchronised: bool, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Its time, who keeps it right, and the zone."""
    yield check_time(clock)
    if synchronised:
        yield ok("time server", "the clock is synchronised")
    else:
        yield warning("time server", "nobody keeps the clock right", "Switch it on: timedatectl set-ntp true")
    yield check_zone(environment.get("TZ"), LOCALTIME)


def check_time(clock: Clock) -> Finding:
    """Whether it can be the time."""
    now = f"{clock.now():%Y-%m-%d %H:%M:%S} UTC"
    if clock.quality is ClockQuality.UNTRUSTED:
        return error("clock", f"{now} cannot be", "Set it: timedatectl set-time, or a time server")
    return ok("clock", now)


def is_synchronised() -> bool:
    """What the kernel knows about it."""
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.adjtimex(ctypes.create_string_buffer(TIMEX_SIZE)) not in (-1, UNSYNCHRONISED))


def check_zone(variable: str | None, localtime: Path) -> Finding:
    """The zone in which this machine shows local time."""
    name = variable.removeprefix(":") if variable else zone_name(localtime)
    if name is None:
        return warning("time zone", "not set: local times are UTC", "Set it: timedatectl set-timezone Europe/Berlin")
    try:
        zone = ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a name that is no zone is a KeyError
        return warning("time zone", f'"{name}" is not known', "Set it: timedatectl set-timezone Europe/Berlin")
    return ok("time zone", f"{name} (now {datetime.now(zone):%H:%M %Z})")


def zone_name(localtime: Path) -> str | None:
    """The name behind the link /etc/localtime."""
    _, found, name = os.path.realpath(localtime).partition("/zoneinfo/")
    return name if found else None
