"""The interpreter tuned so that dashboards do not hold up the threads that read meters.

Collecting the garbage of four dashboards stops every thread for a tenth of a second; so what is there for long is set
aside, and garbage is collected when a session has ended and nobody looks. Checking a password takes 16 MiB for a
moment: glibc would keep as much for each thread that ever did it.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from contextlib import suppress
from typing import Final

THRESHOLDS: Final = (50_000, 20, 100)
SWITCH_INTERVAL: Final = 0.0005  # seconds a thread that got octets waits for one that computes
MMAP_THRESHOLD: Final = (-3, 1 << 20)  # mallopt's parameter and octets: larger pieces go back to the system at once
FIRST_PAINT: Final = 1.0  # seconds after which a new session holds all it will
QUIET: Final = 5.0  # seconds after the last session ended


def tune() -> None:
    """Once, when all services are made."""
    gc.set_threshold(*THRESHOLDS)
    gc.freeze()
    sys.setswitchinterval(SWITCH_INTERVAL)
    with suppress(AttributeError, OSError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(*MMAP_THRESHOLD)


def session_opened() -> None:
    """Set aside what the new session holds."""
    asyncio.get_running_loop().call_later(FIRST_PAINT, gc.freeze)


def last_session_closed() -> None:
    """Nobody looks: a pause harms least now."""
    asyncio.get_running_loop().call_later(QUIET, _collect)


def _collect() -> None:
    gc.unfreeze()
    gc.collect()
    gc.freeze()
