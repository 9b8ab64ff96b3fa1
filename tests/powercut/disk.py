"""A disk that remembers every write, and what a power cut at any moment could have left of it.

What was synced is safe. Of what came after, a cut leaves nothing, all, any part, or torn sectors, in no order. A new
journal's name is safe with its first sync; an unlink with a directory sync is safe at once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

import apsw

SECTOR: Final = 512


class Act(StrEnum):
    """What happened to a file."""

    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    DELETE = "delete"
    MARK = "mark"  # not the disk: the store said something that must hold from here on


class Operation(NamedTuple):
    """One of them; `offset` is the size of a truncate and whether a delete syncs the folder."""

    act: Act
    name: str
    offset: int = 0
    octets: bytes = b""
    mark: object = None


class _File(apsw.VFSFile):
    def __init__(self, log: list[Operation], name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._log = log
        self._name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "").name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's name
        super().xWrite(data, offset)
        self._log.append(Operation(Act.WRITE, self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - apsw's name
        super().xTruncate(newsize)
        self._log.append(Operation(Act.TRUNCATE, self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's name
        super().xSync(flags)
        self._log.append(Operation(Act.SYNC, self._name))


class RecordingDisk(apsw.VFS):
    """The machine's disk, with a log of what was done to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.log: list[Operation] = []
        super().__init__(name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - apsw's name
        return _File(self.log, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - apsw's name
        super().xDelete(filename, syncdir)
        self.log.append(Operation(Act.DELETE, Path(filename).name, int(syncdir)))

    def mark(self, mark: object) -> None:
        """Note something that must hold from here on."""
        self.log.append(Operation(Act.MARK, "", mark=mark))


Files = dict[str, bytearray]


def apply(files: Files, operation: Operation) -> None:
    """Do to files what was done to the disk."""
    match operation.act:
        case Act.WRITE:
            content = files.setdefault(operation.name, bytearray())
            content.extend(bytes(max(0, operation.offset - len(content))))
            content[operation.offset : operation.offset + len(operation.octets)] = operation.octets
        case Act.TRUNCATE if operation.name in files:
            del files[operation.name][operation.offset :]
        case Act.DELETE:
            files.pop(operation.name, None)


@dataclass
class Playback:
    """Plays a log operation by operation, and tells what a cut would leave at each."""

    safe: Files = field(default_factory=dict)
    pending: list[Operation] = field(default_factory=list)
    marks: list[object] = field(default_factory=list)
    _named: set[str] = field(default_factory=set)

    def play(self, operation: Operation) -> None:
        """Go on by one operation."""
        match operation.act:
            case Act.MARK:
                self.marks.append(operation.mark)
            case Act.SYNC:
                self._sync(operation.name)
            case Act.DELETE if operation.offset:
                self.pending = [waiting for waiting in self.pending if waiting.name != operation.name]
                apply(self.safe, operation)
                self._named.discard(operation.name)
            case _:
                self.pending.append(operation)

    def _sync(self, name: str) -> None:
        """What was done to one file is safe; a file synced for the first time makes the folder's names safe too."""
        fresh = name not in self._named
        self._named.add(name)
        waiting, self.pending = self.pending, []
        for operation in waiting:
            if operation.name == name or (fresh and operation.act is Act.DELETE):
                apply(self.safe, operation)
            else:
                self.pending.append(operation)

    def images(self, chance: random.Random, subsets: int, torn: int) -> Iterator[Files]:
        """What a cut at this moment could leave."""
        yield self._image(())
        if not self.pending:
            return
        yield self._image(self.pending)
        for _ in range(subsets):
            yield self._image([operation for operation in self.pending if chance.random() < 0.5])
        for _ in range(torn):
            yield self._image([part for operation in self.pending for part in _torn(operation, chance)])

    def _image(self, operations: Iterator[Operation] | list[Operation] | tuple[()]) -> Files:
        files = {name: bytearray(content) for name, content in self.safe.items()}
        for operation in operations:
            apply(files, operation)
        return files


def _torn(operation: Operation, chance: random.Random) -> Iterator[Operation]:
    if operation.act is not Act.WRITE:
        yield from [operation] if chance.random() < 0.5 else []
        return
    for begin in range(0, len(operation.octets), SECTOR):
        if chance.random() < 0.5:
            part = operation.octets[begin : begin + SECTOR]
            yield operation._replace(offset=operation.offset + begin, octets=part)
