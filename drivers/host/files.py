"""The small files in which the kernel tells how the machine is."""

from __future__ import annotations

from pathlib import Path


def read_word(path: Path) -> str:
    """What stands in one; empty for one that is not there or cannot be read, as of an interface that is down."""
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
