"""The data folder: where it is, who may look into it, and that only one appliance runs on it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
from pathlib import Path
from typing import IO, Final

from appliance.errors import Occupied, SettingError

KEY_LENGTH: Final = 32
AS_ITS_USER: Final = "run this as the user it belongs to, or choose another folder with --data"


class DataFolder:
    """Paths inside the data folder, its lock and its key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "busmeister.db"
        self.keyfile = path / "keyfile"
        self.ballast = path / "ballast"
        self.configuration = path / "configuration"
        self.files = path / "files"
        self.run = path / "run"
        self._lock: IO[str] | None = None

    def prepare(self) -> None:
        """Make what is missing, readable by the owner alone; raises `SettingError` where it cannot be used."""
        for folder in (self.path, self.configuration, self.files, self.run):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)
            except OSError as error:
                raise SettingError(
                    f"The data folder {folder} cannot be used ({error.strerror}): choose another with --data."
                ) from error
        if self.keyfile.exists():
            self.key()

    def lock(self) -> None:
        """Claim the folder for this process; raises `Occupied` naming the process that has it, or `SettingError`."""
        path = self.path / "lock"
        try:
            file = path.open("a+", encoding="ascii")
        except OSError as error:
            raise not_ours_to_use(path, error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise Occupied(
                f"Another busmeister (process {holder}) runs on {self.path}: stop it, or choose another folder "
                "with --data."
            ) from None
        with contextlib.suppress(OSError):  # on a full disk nobody is told our number
            file.truncate(0)
            os.write(file.fileno(), f"{os.getpid()}\n".encode())  # nothing may be left for a later attempt
        self._lock = file

    def unlock(self) -> None:
        """Let another process have the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def key(self) -> bytes:
        """The device's own key, made at the first start; it protects backups, not a stolen card.

        Raises `SettingError` where it cannot be read or is none.
        """
        if not self.keyfile.exists():
            self._make_key()
        try:
            key = self.keyfile.read_bytes()
        except OSError as error:
            raise not_ours_to_use(self.keyfile, error) from error
        if len(key) != KEY_LENGTH:
            raise SettingError(f"The key file {self.keyfile} is damaged: restore it from a backup, or remove it.")
        return key

    def serial(self) -> str:
        """The device's eight digits, the same at each start, made from its key and not leading back to it."""
        digest = hashlib.sha256(b"serial number" + self.key()).digest()
        return f"{int.from_bytes(digest[:8]) % 10**8:08d}"

    def _make_key(self) -> None:
        fresh = self.path / "keyfile.new"
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_LENGTH))
            file.flush()
            os.fsync(descriptor)
        fresh.replace(self.keyfile)
        sync_folder(self.path)


def not_ours_to_use(path: Path, error: OSError) -> SettingError:
    """A file of the folder that the machine does not give us."""
    return SettingError(f"{path} cannot be used ({error.strerror}): {AS_ITS_USER}.")


def sync_folder(path: Path) -> None:
    """Make names in a folder survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
