"""What the tuning of the process promises, seen in a process of its own."""

from __future__ import annotations

import subprocess
import sys

LOGINS = """
import threading
from pathlib import Path
from appliance.security.passwords import Scrypt
from tui.tuning import tune

def resident():
    return int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0])

def login():
    hasher.verify("wrong", "")
    hasher.verify("wrong again", "")

tune()
hasher = Scrypt()
login()
before = resident()
threads = [threading.Thread(target=login) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(resident() - before)
"""


def test_memory_of_a_password_check_is_given_back_by_every_thread() -> None:
    done = subprocess.run([sys.executable, "-c", LOGINS], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 8192  # kB; one check takes 16 MiB
