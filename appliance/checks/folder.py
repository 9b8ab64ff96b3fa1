"""The data folder: rights, room, the database, and which process holds it."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from appliance.checks.finding import Finding, error, ok, warning
from appliance.errors import NotOurs, StoreError
from appliance.system_users import user_name

MEGABYTE: Final = 1_000_000
NO_ROOM: Final = 50 * MEGABYTE
LITTLE_ROOM: Final = 500 * MEGABYTE
LOGS: Final = ("-wal", "-journal")
USER_VERSION_AT: Final = slice(60, 64)
START_ANEW: Final = "Start the appliance: it sets the file aside and goes on with configuration/last-good"
LARGEST_COPY: Final = 500 * MEGABYTE  # of a database with a log that is not yet merged into it


def check_folder(path: Path) -> Iterator[Finding]:
    """Rights and room; a folder that is not there yet is made by the first `busmeister run`."""
    if path.is_dir():
        yield check_rights(path)
        yield check_room(path)
    else:
        yield check_place(path)


def check_files(path: Path, process: str | None) -> Iterator[Finding]:
    """What is in the folder, as far as it can be read; `process` is the number of the appliance that runs on it."""
    if os.access(path, os.R_OK | os.X_OK):
        yield check_keyfile(path / "keyfile")
        yield check_database(path / "busmeister.db", process)


def check_place(path: Path) -> Finding:
    """Whether the folder can be made."""
    parent = next(parent for parent in path.absolute().parents if parent.exists())
    if path.exists():
        return error("data folder", f"{path} is a file", "Choose another with --data")
    if not os.access(parent, os.W_OK | os.X_OK):
        user = user_name(os.geteuid())
        return error("data folder", f"user {user} may not make {path}", "Choose another with --data")
    return ok("data folder", f"{path} is made at the first start")


def check_rights(path: Path) -> Finding:
    """Whether the appliance can work in it, and strangers cannot look into it."""
    facts = path.stat()
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        owner = user_name(facts.st_uid)
        return error("data folder", f"{path} belongs to {owner}", f"Run this as that user: sudo -u {owner} busmeister")
    if facts.st_mode & 0o077:
        return warning("data folder", f"{path} can be read by others", f"Close it: chmod 700 {path}")
    return ok("data folder", str(path))


def check_room(path: Path) -> Finding:
    """Whether readings of the next months fit."""
    free = shutil.disk_usage(path).free
    sentence = f"{free // MEGABYTE} MB free"
    if free < NO_ROOM:
        return error("disk", sentence, "Make room: readings are soon refused")
    if free < LITTLE_ROOM:
        return warning("disk", sentence, "Make room before the disk is full")
    return ok("disk", sentence)


def running(path: Path) -> str | None:
    """Number of the process that holds the folder's lock. The lock is tried, shared and for a moment only."""
    try:
        with (path / "lock").open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return lock.read(20).decode("ascii", "replace").strip() or "unknown"
    except OSError:  # never started, or another user's
        return None
    return None


def check_keyfile(path: Path) -> Finding:
    """Whether the key that protects backups is the owner's alone."""
    if not path.exists():
        return ok("key file", "made at the first start")
    if path.stat().st_mode & 0o077:
        return warning("key file", f"{path} can be read by others", f"Close it: chmod 600 {path}")
    return ok("key file", "readable by its owner alone")


def check_database(path: Path, process: str | None) -> Finding:
    """Whether it is ours and every page of it is sound. One in use is left to the appliance, which checks it itself."""
    if not path.exists():
        if was_used(path.parent):
            return ok("database", "none here: it is on a server, or the next start makes it of configuration/last-good")
        return ok("database", "made at the first start")
    if not path.is_file():
        return error("database", f"{path} is no file", "Move it away, or choose another folder with --data")
    if process:
        return ok("database", f"{size(path)}, in use by process {process}")
    if not os.access(path, os.R_OK | os.W_OK):
        owner = user_name(path.stat().st_uid)
        return error("database", f"{path} belongs to {owner}", f"Run this as that user: sudo -u {owner} busmeister")
    logs = [log for log in (path.with_name(path.name + end) for end in LOGS) if log.exists() and log.stat().st_size]
    try:
        if not logs:
            return judged(path, path, "immutable=1")
        if path.stat().st_size + sum(log.stat().st_size for log in logs) > LARGEST_COPY:
            return warning("database", f"{size(path)}, not checked: the last run was cut off", "Start the appliance")
        with tempfile.TemporaryDirectory() as folder:  # to merge the log is the appliance's business: look at a copy
            for file in (path, *logs):
                shutil.copy(file, folder)
            return judged(path, Path(folder) / path.name, "mode=rw")
    except OSError as failed:
        return error("database", f"{path} cannot be read ({failed.strerror})", "Run this as the appliance's user")


def judged(path: Path, seen: Path, how: str) -> Finding:
    """Whose it is, and what the check of the pages of the file `seen` means for the database at `path`."""
    if refused := stranger(seen, ours=was_used(path.parent)):
        return error("database", f"{path} is {refused.what}", refused.remedy.capitalize())
    trouble = trouble_in(seen, how)
    if trouble is None and was_used(path.parent) and not seen.stat().st_size:
        trouble = "it is empty"
    if trouble is not None:
        return error("database", f"{path} is damaged ({trouble})", START_ANEW)
    if is_newer(seen):
        remedy = "Start that version, or restore an older backup"
        return error("database", f"{path} was written by a later version of busmeister", remedy)
    return ok("database", f"{size(path)}, sound")


def was_used(folder: Path) -> bool:
    """Whether an appliance has lived here before."""
    return (folder / "keyfile").exists()


def is_newer(path: Path) -> bool:
    """Whether its schema is one this program does not know."""
    try:
        from appliance.store.schema import newest
    except ImportError:  # told by the check of the libraries
        return False
    with path.open("rb") as file:
        return int.from_bytes(file.read(USER_VERSION_AT.stop)[USER_VERSION_AT]) > newest()


def stranger(path: Path, *, ours: bool) -> NotOurs | None:
    """Why the appliance would not touch the file. `ours`: the folder shows that a database of ours was here before."""
    try:
        from appliance.store.damage import examine
    except ImportError:  # told by the check of the libraries
        return None
    try:
        examine(path, ours=ours)
    except NotOurs as refused:
        return refused
    except StoreError:  # damaged, or not to be read: told by the check of its pages
        return None
    return None


def trouble_in(path: Path, how: str) -> str | None:
    """The first thing that is wrong in a database nobody uses, None in a sound one."""
    try:
        import apsw
    except ImportError:
        return "it cannot be checked without apsw"
    try:
        connection = apsw.Connection(
            f"{path.absolute().as_uri()}?{how}", flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
        )
        try:
            ((answer,),) = connection.execute("PRAGMA quick_check(1)")
        finally:
            connection.close()
    except apsw.Error as wrong:
        return str(wrong)
    return None if answer == "ok" else " ".join(str(answer).split())


def size(path: Path) -> str:
    return f"{path.stat().st_size / MEGABYTE:.1f} MB"
