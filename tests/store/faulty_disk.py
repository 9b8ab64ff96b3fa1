"""A disk that fails when told: the n-th time something is asked of it, once or from then on."""

from __future__ import annotations

from collections.abc import Callable

import apsw

FULL = apsw.FullError
BROKEN = apsw.IOError


class FaultyDisk(apsw.VFS):
    """Counts writes, syncs and truncates, and fails one of them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls = 0
        self.fails_at = 0  # 0: never
        self.fails_on = False  # from then on, until healed
        self.error: Callable[[], Exception] = FULL
        super().__init__(name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - apsw's name
        return _File(self, name, flags)

    def fail_at(self, call: int, error: type[Exception] = FULL, *, on: bool = False) -> None:
        """Fail at the n-th call from now."""
        self.calls, self.fails_at, self.fails_on = 0, call, on
        self.error = lambda: error("seeded")

    def heal(self) -> bool:
        """Work from now on; whether it had come to the failure."""
        reached = bool(self.fails_at) and self.calls >= self.fails_at
        self.fails_at = 0
        return reached

    def ask(self) -> None:
        """Something is asked of the disk."""
        self.calls += 1
        if self.fails_at and (self.calls == self.fails_at or (self.fails_on and self.calls > self.fails_at)):
            raise self.error()


class _File(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's name
        self._disk.ask()
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - apsw's name
        self._disk.ask()
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's name
        self._disk.ask()
        super().xSync(flags)
