"""The appliance's own SSH key: made at the first start, kept in the data folder for its owner alone."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import asyncssh

from appliance.security.private_file import write_private

NAME: Final = "ssh_host_key"
KIND: Final = "ssh-ed25519"


def host_key(data_folder: Path) -> asyncssh.SSHKey:
    """The key, from its file or new."""
    path = data_folder / NAME
    if not path.exists():
        write_private(path, asyncssh.generate_private_key(KIND).export_private_key())
    return asyncssh.read_private_key(path)
