"""The serial ports of this machine: which there are, who may use them, and why one cannot be opened."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

from appliance.system_users import group_name, user_name

PTY_MAJORS: Final = range(136, 144)  # Linux devices.txt: Unix98 pty slaves
BY_ID: Final = Path("/dev/serial/by-id")
DEVICES: Final = Path("/dev")
PATTERNS: Final = ("ttyUSB*", "ttyACM*", "ttyAMA*", "ttymxc*", "ttyO[0-9]*", "ttySC*", "serial[0-9]*")
LEGACY: Final = "ttyS[0-9]*"  # the kernel lists four of these whether there is hardware or not
UART_TYPES: Final = Path("/sys/class/tty")


def is_pty(path: str) -> bool:
    """A pseudo terminal has neither baud rate nor parity, and refuses to be asked for them."""
    try:
        return os.major(os.stat(path).st_rdev) in PTY_MAJORS  # noqa: PTH116 - `Path` has no use here
    except OSError:
        return False


def ports() -> list[str]:
    """Serial ports that are really there, by their stable name where they have one."""
    named = {path.resolve(): path for path in sorted(BY_ID.glob("*"))} if BY_ID.is_dir() else {}
    found = [path for pattern in PATTERNS for path in sorted(DEVICES.glob(pattern))]
    found += [path for path in sorted(DEVICES.glob(LEGACY)) if _has_hardware(path)]
    return list(dict.fromkeys(str(named.get(path.resolve(), path)) for path in found))


def _has_hardware(path: Path) -> bool:
    try:
        return (UART_TYPES / path.name / "type").read_text(encoding="ascii").strip() != "0"
    except OSError:
        return True  # the kernel tells nothing: believe the device file


def permission_hint(path: str) -> str:
    """What to do so that this user may open `path`."""
    try:
        facts = os.stat(path)  # noqa: PTH116 - only the numbers are wanted
    except OSError:
        return f"Let this user reach {path}"
    user = user_name(os.geteuid())
    if facts.st_gid and facts.st_mode & stat.S_IRGRP and facts.st_mode & stat.S_IWGRP:
        return f"Add the user to group {group_name(facts.st_gid)}: usermod -aG {group_name(facts.st_gid)} {user}"
    return f"Give the device to group dialout (udev rule or chown) and add the user to it: usermod -aG dialout {user}"


def why_not(path: str, number: int | None, text: str) -> tuple[str, str]:
    """The reason why a port cannot be opened, and what to do, in plain words."""
    if number in (errno.EACCES, errno.EPERM):
        return f"user {user_name(os.geteuid())} has no permission", permission_hint(path)
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.ENOTDIR):
        known = ports()
        return "there is no such device", f"Serial ports here: {', '.join(known) or 'none'}"
    if number in (errno.EBUSY, errno.EAGAIN):
        return "another program uses it", _holder_hint(path)
    if number in (errno.ENOTTY, errno.EISDIR):
        return "it is not a serial port", f"Serial ports here: {', '.join(ports()) or 'none'}"
    if number in (errno.EIO, errno.EINVAL):
        return f"the device does not work as a serial port ({text})", "Check the converter and its driver"
    return text, "Check the device and its driver"


def holders(path: str) -> list[str]:
    """Programs that have `path` open, as far as this user may see: `modbusd (pid 812)`."""
    device = os.path.realpath(path)
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) == device for link in (process / "fd").iterdir()):
                name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                found.append(f"{name} (pid {process.name})")
        except OSError:  # gone meanwhile, or another user's
            continue
    return found


def _holder_hint(path: str) -> str:
    mine = f"(pid {os.getpid()})"
    others = [holder for holder in holders(path) if not holder.endswith(mine)]
    return f"Stop {', '.join(others)}" if others else f"Find it with: fuser -v {path}"
