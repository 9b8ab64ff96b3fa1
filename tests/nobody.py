"""What happens to a user who may do nothing; only root can play one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

NOBODY = 65534

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as another user")


def as_nobody(imports: str, code: str, *arguments: str) -> str:
    """What code prints that runs as nobody; imports come before, since nobody may not even read the interpreter."""
    drop = f"import os, sys\nos.setgroups([])\nos.setgid({NOBODY})\nos.setuid({NOBODY})\n"
    command = [sys.executable, "-c", f"{imports}\n{drop}{code}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
