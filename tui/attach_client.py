"""This terminal's side of the socket of dashboard and console. Standard library alone: it starts in an instant.

Keys go over raw, so ctrl-c is the appliance's; ctrl-\\ twice lets go of a view that does not answer.
"""

from __future__ import annotations

import locale
import os
import select
import signal
import socket
import sys
import termios
import tty
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

from appliance.errors import BusmeisterError
from appliance.local_socket import DASHBOARD as SOCKET
from appliance.local_socket import find_socket
from tui.attach_frames import CONSOLE, DASHBOARD, KEYS, frame, hello, window

DETACH: Final = b"\x1c"  # ctrl-\
RESET: Final = {
    DASHBOARD: b"\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[0m\x1b[?1049l\x1b[?25h",
    CONSOLE: b"\x1b[?7h\x1b[0m\x1b[?25h",
}
CHUNK: Final = 65536


class NotAttached(BusmeisterError):
    """The dashboard cannot be shown here."""


def connect(data_folder: Path) -> socket.socket:
    """The appliance's socket; raises `NotAttached`."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(find_socket(data_folder, SOCKET)))
    except PermissionError as error:
        connection.close()
        raise NotAttached(
            f"The appliance at {data_folder} belongs to another user: ask as that user or root."
        ) from error
    except OSError as error:
        connection.close()
        raise NotAttached(
            f"No appliance runs at {data_folder}: start one with busmeister run, or name its --data."
        ) from error
    return connection


def attach(connection: socket.socket, *, view: str = DASHBOARD, typed: str = "", stops_appliance: bool = False) -> bool:
    """Show a view on this terminal until it ends, as if `typed` were typed first; whether its person let go of it.

    The terminal is left as it was.
    """
    keys, picture = sys.stdin.fileno(), sys.stdout.fileno()
    with ExitStack() as after:
        wakeup = _wakeups(after)
        connection.sendall(hello(_facts(view, stops_appliance=stops_appliance)) + frame(KEYS, typed.encode()))
        after.callback(_restore, keys, picture, termios.tcgetattr(keys), RESET[view])
        tty.setraw(keys)
        return _carry(connection, keys, picture, wakeup)


def _carry(connection: socket.socket, keys: int, picture: int, wakeup: socket.socket) -> bool:
    """Octets both ways until one side ends; whether it was this one."""
    last = b""
    sources: list[Any] = [connection, keys, wakeup]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if wakeup in ready:
            wakeup.recv(CHUNK)
            connection.sendall(window(*os.get_terminal_size(picture)))
        if connection in ready:
            octets = _received(connection)
            if not octets:
                return False
            _write(picture, octets)
        if keys in ready:
            typed = os.read(keys, CHUNK)
            if not typed or (last + typed).endswith(DETACH * 2):
                return True
            last = typed[-1:]
            with suppress(OSError):  # the other side went: what it said last is still to be read
                connection.sendall(frame(KEYS, typed))


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(CHUNK)
    except ConnectionResetError:
        return b""


def _write(picture: int, octets: bytes) -> None:
    while octets:
        octets = octets[os.write(picture, octets) :]


def _wakeups(after: ExitStack) -> socket.socket:
    """A socket that becomes readable when the window changes its size."""
    here, there = socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)
    old_wakeup = signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
    old_handler = signal.signal(signal.SIGWINCH, _noticed)
    after.callback(there.close)
    after.callback(here.close)
    after.callback(signal.signal, signal.SIGWINCH, old_handler)
    after.callback(signal.set_wakeup_fd, old_wakeup)
    return here


def _noticed(number: int, frame: FrameType | None) -> None:
    """The wakeup tells it."""


def _restore(keys: int, picture: int, attributes: list[Any], reset: bytes) -> None:
    with suppress(OSError):
        _write(picture, reset)
    with suppress(termios.error):
        termios.tcsetattr(keys, termios.TCSADRAIN, attributes)


def _facts(view: str, *, stops_appliance: bool) -> dict[str, Any]:
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    return {
        "view": view,
        "term": os.environ.get("TERM", ""),
        "colour": os.environ.get("COLORTERM", ""),
        "no_color": bool(os.environ.get("NO_COLOR")),
        "ascii": locale.getencoding().upper() not in ("UTF-8", "UTF8"),
        "columns": columns,
        "rows": rows,
        "stops_appliance": stops_appliance,
    }
