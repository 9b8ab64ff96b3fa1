"""Where the socket is: `DATA/run/busmeister.sock`, elsewhere when that path is too long for a socket."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

NAME: Final = "busmeister.sock"
POINTER: Final = "busmeister.sock.at"  # holds the path of a socket that had to go elsewhere
LONGEST: Final = 100  # octets; the kernel takes 107


def place_socket(data_folder: Path) -> Path:
    """A path for a socket to be made; its folder exists and is the owner's alone."""
    folder = data_folder.absolute() / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, pointer = folder / NAME, folder / POINTER
    if len(os.fsencode(path)) <= LONGEST:
        pointer.unlink(missing_ok=True)
        return path
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    path = Path(tempfile.mkdtemp(prefix="busmeister-", dir=runtime or "/tmp")) / "sock"  # mode 0700
    pointer.write_text(f"{path}\n", encoding="utf-8")
    return path


def find_socket(data_folder: Path) -> Path:
    """Where the socket of a running appliance is."""
    folder = data_folder.absolute() / "run"
    try:
        return Path((folder / POINTER).read_text(encoding="utf-8").strip())
    except OSError:
        return folder / NAME


def remove_socket(path: Path) -> None:
    """Take the socket away, with the folder made for it."""
    path.unlink(missing_ok=True)
    if path.name != NAME:
        path.parent.rmdir()
