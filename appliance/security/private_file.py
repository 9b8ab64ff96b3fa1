"""Files that only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, octets: bytes) -> None:
    """Whole or not at all, on the disk when this returns, and readable for nobody else at any moment."""
    half = path.with_suffix(".new")
    half.unlink(missing_ok=True)
    file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as target:
        target.write(octets)
        target.flush()
        os.fsync(target.fileno())
    half.replace(path)
