"""Whether the appliance of a data folder runs, and answers on its local socket."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path
from typing import Final

from appliance.checks.finding import Finding, ok, warning
from appliance.local_socket import find_socket
from console.local.frames import VERSION, Garbled, Wire

PATIENCE: Final = 5.0  # seconds for the appliance to answer


def check_appliance(path: Path, process: str | None) -> Finding:
    """Whether an appliance runs here, and answers on its local socket."""
    if process is None:
        return ok("appliance", "does not run on this folder")
    try:
        with socket.socket(socket.AF_UNIX) as connection, closing(Wire(connection)) as wire:
            connection.settimeout(PATIENCE)
            connection.connect(str(find_socket(path)))
            wire.send({"hello": VERSION})
            answers = wire.receive() is not None
    except PermissionError:
        return ok("appliance", f"runs as process {process}")  # another user's: it need not talk to this one
    except (OSError, Garbled):
        answers = False
    if not answers:
        return warning("appliance", f"process {process} does not answer", "See its log: journalctl -u busmeister")
    return ok("appliance", f"runs as process {process} and answers")
