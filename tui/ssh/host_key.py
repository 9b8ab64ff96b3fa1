"""The appliance's own SSH key: made at the first start, kept in the data folder for its owner alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import asyncssh

NAME: Final = "ssh_host_key"
KIND: Final = "ssh-ed25519"


def host_key(data_folder: Path) -> asyncssh.SSHKey:
    """The key, from its file or new."""
    path = data_folder / NAME
    if not path.exists():
        _write(path, asyncssh.generate_private_key(KIND).export_private_key())
    return asyncssh.read_private_key(path)


def _write(path: Path, octets: bytes) -> None:
    """Whole or not at all, and readable for nobody else at any moment."""
    half = path.with_suffix(".new")
    half.unlink(missing_ok=True)
    file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as target:
        target.write(octets)
        target.flush()
        os.fsync(target.fileno())
    half.replace(path)
