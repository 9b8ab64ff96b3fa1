"""What follows when the appliance has ended: nothing, a new start, a wiped data folder, the machine's restart."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from appliance.errors import StoreError
from appliance.factory_reset import wipe
from appliance.lifecycle import Ending

REBOOT: Final = ("systemctl", "reboot")

Say = Callable[[str], None]


def obey(ending: Ending, data: Path, say: Say) -> int:
    """Do what was ordered, everything being closed; the exit status where the process ends."""
    if ending is Ending.RESTART:
        begin_anew()
    if ending is Ending.RESTART_MACHINE:
        return restart_machine(say)
    if ending is Ending.FACTORY_RESET:
        try:
            say(f"Factory reset: {wipe(data)} files were wiped.")
        except StoreError as error:
            say(str(error))
            return 1
        begin_anew()
    return 0


def begin_anew() -> NoReturn:
    """The same program with the same arguments in the same process: its supervisor notices nothing."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "appliance", *sys.argv[1:]])


def restart_machine(say: Say) -> int:
    """Ask the system's manager."""
    try:
        subprocess.run(REBOOT, check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        say(f"The machine does not restart: {error}. Restart it by hand.")
        return 1
    return 0
