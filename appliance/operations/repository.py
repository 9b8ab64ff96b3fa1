"""The file repository: what may be a name in it, how much room is left, and files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.mbus.text import HARMFUL
from appliance.operations.call import Call

LONGEST_NAME: Final = 100  # octets of a file's name
FORBIDDEN: Final = r'/\:*?"<>|'  # what some systems take for more than a letter
UNFINISHED: Final = ".unfinished-"


class Written:
    """Takes the text of a file; refuses what the quota has no room for."""

    def __init__(self, write: Callable[[bytes], object], room: int) -> None:
        self._write = write
        self._room = room
        self.size = 0  # octets

    def write(self, text: str) -> int:
        """As a text file takes it."""
        self.add(text.encode())
        return len(text)

    def add(self, octets: bytes) -> None:
        """The next octets."""
        self.size += len(octets)
        if self.size > self._room:
            raise RefusedError("The repository is full: delete files, or raise files.quota.", Kind.LIMIT)
        self._write(octets)


def is_file_name(text: str) -> bool:
    """Whether a new file may be called so: no folders, no signs that steer a terminal, not hidden, not long."""
    harmless = all(letter not in FORBIDDEN and unicodedata.category(letter) not in HARMFUL for letter in text)
    return (
        harmless and 0 < len(text.encode()) <= LONGEST_NAME and text == text.strip() and not text.startswith((".", "-"))
    )


def find(call: Call, name: str) -> Path:
    """A file that is there; raises `RefusedError` for others, and for names that lead out of the repository."""
    folder = call.parts.files.resolve()
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise RefusedError(f"{name} is outside the repository: name a file as files list does.", Kind.VALUE)
        if path.is_file():
            return path
    except (OSError, ValueError):  # a name too long, or with a zero in it
        pass
    raise RefusedError(f"There is no file {name} in the repository.", Kind.NOT_FOUND)


def used(call: Call) -> int:
    """Octets that all files take."""
    return sum(path.stat().st_size for path in call.parts.files.rglob("*") if path.is_file())


def room(call: Call) -> int:
    """Octets that `files.quota` leaves."""
    return max(0, call.parts.settings.files.quota - used(call))


@contextlib.contextmanager
def writing(call: Call, name: str) -> Iterator[Written]:
    """A file under this name once the block has ended; of a block that fails, or a power cut, nothing is left."""
    path = call.parts.files / name
    fresh = path.with_name(f"{UNFINISHED}{secrets.token_hex(4)}")
    try:
        with fresh.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            yield Written(file.write, room(call))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise RefusedError(f"{name} cannot be written: {error.strerror}.", Kind.STORAGE) from error
    finally:
        fresh.unlink(missing_ok=True)


def free_name(call: Call, stem: str, ending: str) -> str:
    """`stem-20261121T060000Z.csv`, with a number where that is taken."""
    name = f"{stem}-{call.now():%Y%m%dT%H%M%SZ}"
    numbers = (f"{name}.{ending}", *(f"{name}-{number}.{ending}" for number in range(2, 1000)))
    free = next((one for one in numbers if not (call.parts.files / one).exists()), None)
    if free is None:
        raise RefusedError(f"There are a thousand files {name} already.", Kind.LIMIT)
    return free
