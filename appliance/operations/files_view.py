"""What lies in the file repository."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from appliance.operations.call import Call

MOST: Final = 500  # files that are listed


@dataclass(frozen=True, slots=True)
class File:
    """One file."""

    name: str  # with its folders
    size: int  # octets
    changed: datetime


def files(call: Call) -> tuple[File, ...]:
    """The newest first."""
    call.need_level(1, "the files")
    folder = call.parts.files
    found = [_file(folder, path) for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    return tuple(sorted(found, key=lambda file: file.changed, reverse=True)[:MOST])


def _file(folder: Path, path: Path) -> File:
    facts = path.stat()
    return File(str(path.relative_to(folder)), facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))
