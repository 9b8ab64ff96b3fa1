"""What lies in the file repository."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.operations.call import Call

MOST: Final = 500  # files that are listed
PREVIEW: Final = 64 << 10  # octets
PREVIEW_LINES: Final = 200


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


def first_lines(call: Call, name: str) -> tuple[str, ...]:
    """Of a text file; raises `RefusedError` for what is none, and for names that lead out of the repository."""
    return tuple(_text(call, name, PREVIEW).splitlines()[:PREVIEW_LINES])


def text_of(call: Call, name: str, most: int) -> str:
    """A whole text file of at most so many octets; raises `RefusedError` as `first_lines` does."""
    text = _text(call, name, most + 1)
    if len(text.encode()) > most:
        raise RefusedError(f"{name} is too long: at most {most >> 10} KiB are read here.", Kind.LIMIT)
    return text


def _text(call: Call, name: str, most: int) -> str:
    """The first octets of a text file."""
    call.need_level(2, "what is in a file")
    folder = call.parts.files.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise RefusedError(f"There is no file {name} in the repository.", Kind.NOT_FOUND)
    with path.open("rb") as file:
        octets = file.read(most)
    if b"\0" in octets:
        raise RefusedError(f"{name} is no text: {path.stat().st_size} octets.", Kind.VALUE)
    return octets.decode("utf-8", "replace")


def _file(folder: Path, path: Path) -> File:
    facts = path.stat()
    return File(str(path.relative_to(folder)), facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))
