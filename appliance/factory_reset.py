"""Wiping the data folder: every file is written over, removed, and the folder looked at afterwards.

Flash keeps copies of its own where no program reaches; who must be sure destroys the card.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from appliance.errors import StoreError
from appliance.store.folder import DataFolder, sync_folder

LOCK: Final = "lock"
BLOCK: Final = bytes(1 << 16)


def wipe(data: Path) -> int:
    """Empty a data folder that no appliance runs on; how many files went. Raises `StoreError` where one is left."""
    folder = DataFolder(data)
    folder.lock()
    try:
        wiped = sum(_wipe(path) for path in sorted(data.iterdir()) if path.name != LOCK)
        sync_folder(data)
        left = [path.name for path in data.iterdir() if path.name != LOCK]
    finally:
        folder.unlock()
    if left:
        raise StoreError(f"The factory reset is not complete: {', '.join(left)} could not be removed from {data}.")
    return wiped


def _wipe(path: Path) -> int:
    """One entry with all below it; where a link leads is not touched."""
    try:
        if path.is_dir() and not path.is_symlink():
            count = sum(_wipe(inner) for inner in sorted(path.iterdir()))
            path.rmdir()
            return count
        if path.is_file() and not path.is_symlink():
            _write_over(path)
        path.unlink()
    except OSError as error:
        raise StoreError(f"The factory reset stopped: {path} cannot be wiped ({error.strerror}).") from error
    return 1


def _write_over(path: Path) -> None:
    size = path.stat().st_size
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "wb") as file:
        for _ in range(size // len(BLOCK)):
            file.write(BLOCK)
        file.write(BLOCK[: size % len(BLOCK)])
        file.flush()
        os.fsync(descriptor)
