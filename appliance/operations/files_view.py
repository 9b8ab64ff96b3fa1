"""What lies in the file repository."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.operations.call import Call
from appliance.operations.repository import UNFINISHED, find
from appliance.operations.signs import without_controls

ALL: Final = "all"
MOST: Final = 500  # files that are listed
PREVIEW: Final = 64 << 10  # octets
PREVIEW_LINES: Final = 200
BY_BEGINNING: Final = {
    "configuration-": "config",
    "backup-": "backup",
    "meters-": "list",
    "log-": "log",
    "audit-": "log",
}
BY_ENDING: Final = {"bus": "recording", "cad": "config", "csv": "export", "json": "export", "xlsx": "report"}


@dataclass(frozen=True, slots=True)
class File:
    """One file."""

    name: str  # with its folders
    size: int  # octets
    changed: datetime

    @property
    def kind(self) -> str:
        """What it is, as far as its name tells."""
        return kind_of(self.name)


def kind_of(name: str) -> str:
    """What a file is by its name: config, backup, list, log, recording, export, report, else its ending."""
    for beginning, kind in BY_BEGINNING.items():
        if name.startswith(beginning):
            return kind
    ending = name.rpartition(".")[2] if "." in name else ""
    return BY_ENDING.get(ending, ending or "file")


def files(call: Call) -> tuple[File, ...]:
    """The newest first."""
    call.need_level(2, "the list of files")
    folder = call.parts.files
    paths = folder.rglob("*") if folder.is_dir() else []
    found = [_file(folder, path) for path in paths if path.is_file() and not path.name.startswith(UNFINISHED)]
    return tuple(sorted(found, key=lambda file: file.changed, reverse=True)[:MOST])


def first_lines(call: Call, name: str) -> tuple[str, ...]:
    """Of a text file; raises `RefusedError` for what is none, and for names that lead out of the repository."""
    return tuple(without_controls(line) for line in _text(call, name, PREVIEW).splitlines()[:PREVIEW_LINES])


def text_of(call: Call, name: str, most: int) -> str:
    """A whole text file of at most so many octets; raises `RefusedError` as `first_lines` does."""
    text = _text(call, name, most + 1)
    if len(text.encode()) > most:
        raise RefusedError(f"{name} is too long: at most {most >> 10} KiB are read here.", Kind.LIMIT)
    return text


def _text(call: Call, name: str, most: int) -> str:
    """The first octets of a text file."""
    call.need_level(2, "what is in a file")
    path = find(call, name)
    with path.open("rb") as file:
        octets = file.read(most)
    if b"\0" in octets:
        raise RefusedError(f"{name} is no text: {path.stat().st_size} octets.", Kind.VALUE)
    return octets.decode("utf-8", "replace")


def _file(folder: Path, path: Path) -> File:
    facts = path.stat()
    return File(str(path.relative_to(folder)), facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))
