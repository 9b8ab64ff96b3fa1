"""A reserve file, given up when the disk is full: on a full disk SQLite cannot even delete."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Space:
    """Octets of a disk, in all and free for us."""

    total: int
    free: int

    @classmethod
    def of(cls, folder: Path) -> Space:
        """Ask the disk that a folder lies on."""
        found = os.statvfs(folder)
        return cls(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)


class Ballast:
    """The reserve file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def size(self) -> int:
        """Octets it holds; 0 while it is given up."""
        return self._path.stat().st_size if self._path.exists() else 0

    def lacks(self, size: int) -> int:
        """Room it takes to make it anew and leave as much again; 0 where it is there."""
        return 0 if self.size == size else 2 * size - self.size

    def ensure(self, size: int) -> bool:
        """Make it anew where it is missing and as much again stays free; true when it is there."""
        if self.size == size:
            return True
        if Space.of(self._path.parent).free < self.lacks(size):
            return False
        try:
            self._allocate(size)
        except OSError:  # somebody else was faster; housekeeping tries again
            self._path.unlink(missing_ok=True)
            return False
        return True

    def release(self) -> bool:
        """Give it up; false where there was none."""
        if not self.size:
            return False
        self._path.unlink()
        return True

    def _allocate(self, size: int) -> None:
        self._path.unlink(missing_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, size)  # blocks of its own, not a hole
        finally:
            os.close(descriptor)
