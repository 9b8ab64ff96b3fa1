"""Where the data folder is. Apart from the store, since a console must know it without loading a database."""

from __future__ import annotations

import os
from pathlib import Path


def default_data_folder() -> Path:
    """BUSMEISTER_DATA, else `/var/lib/busmeister` for root and `busmeister` in the state folder for a user."""
    if given := os.environ.get("BUSMEISTER_DATA"):
        return Path(given)
    if os.geteuid() == 0:
        return Path("/var/lib/busmeister")
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "busmeister"
