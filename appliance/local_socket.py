"""Where local sockets are: `DATA/run/busmeister.sock` and others, elsewhere when that path is too long for a socket."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

CONSOLE: Final = "busmeister.sock"
DASHBOARD: Final = "attach.sock"
POINTER: Final = ".at"  # ending of a file that holds the path of a socket that had to go elsewhere
ELSEWHERE: Final = "sock"
LONGEST: Final = 100  # octets; the kernel takes 107


def place_socket(data_folder: Path, name: str = CONSOLE) -> Path:
    """A path for a socket to be made; its folder exists and is the owner's alone."""
    folder = data_folder.absolute() / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, pointer = folder / name, folder / f"{name}{POINTER}"
    if len(os.fsencode(path)) <= LONGEST:
        pointer.unlink(missing_ok=True)
        return path
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    path = Path(tempfile.mkdtemp(prefix="busmeister-", dir=runtime or "/tmp")) / ELSEWHERE  # mode 0700
    pointer.write_text(f"{path}\n", encoding="utf-8")
    return path


def find_socket(data_folder: Path, name: str = CONSOLE) -> Path:
    """Where the socket of a running appliance is."""
    folder = data_folder.absolute() / "run"
    try:
        return Path((folder / f"{name}{POINTER}").read_text(encoding="utf-8").strip())
    except OSError:
        return folder / name


def remove_socket(path: Path) -> None:
    """Take the socket away, with the folder made for it."""
    path.unlink(missing_ok=True)
    if path.name == ELSEWHERE:
        path.parent.rmdir()
