"""Fixtures that many tests share: time that stands still until told, the captured telegrams where they are."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from appliance.clock import VirtualClock

SELDOM = (50_000, 10, 10)  # new objects before a look, and looks before those that look further
CAPTURED = Path(__file__).resolve().parents[2] / "shared" / "telegrams"
MEMORY = Path("/dev/shm")
ROOM = 1 << 30  # octets: data folders with their reserve files, of all workers, and no container's 64 MiB


settings.register_profile("busmeister", deadline=None)  # no test fails because the machine was busy
settings.load_profile("busmeister")


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """Log handlers are the process's: each test leaves them as it found them."""
    root = logging.getLogger("busmeister")
    before = root.handlers[:], root.level, root.propagate
    yield
    root.handlers[:], root.level, root.propagate = before


@pytest.fixture
def clock() -> VirtualClock:
    """2026-11-21 06:00 UTC, and it stays so until `clock.advance(...)`."""
    return VirtualClock()


@pytest.fixture(scope="session")
def captured() -> Path:
    """The folder of telegrams captured from real meters."""
    if not CAPTURED.is_dir():
        pytest.skip(f"the captured telegrams are not here ({CAPTURED})")
    return CAPTURED


def need_program(name: str) -> str:
    """Path of a program a peer test talks to; without it the test is skipped, or fails where CI requires it."""
    besides = ["/usr/sbin", "/sbin", "/usr/local/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
    found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(besides))
    if found is None:
        if os.environ.get("BUSMEISTER_REQUIRE_PEERS") == "1":
            pytest.fail(f"{name} is not installed, and BUSMEISTER_REQUIRE_PEERS asks for it")
        pytest.skip(f"{name} is not installed")
    return found


def pytest_configure(config: pytest.Config) -> None:
    """Data folders lie in memory where it has room: thousands of stores that wait for a disk are half of the time."""
    config.addinivalue_line("markers", "first: takes long by the clock, so it begins before all others")
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(trylast=True)  # after those that shuffle and deselect
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long tests begin each worker's share, of which there are as many as xdist makes: none is left for the end."""
    workers = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    long = [item for item in items if item.get_closest_marker("first")]
    short = [item for item in items if not item.get_closest_marker("first")]
    left, items[:] = len(items), []
    for worker in range(workers):
        share, mine = left // (workers - worker), long[worker::workers]
        others = max(0, share - len(mine))
        items += mine + short[:others]
        short, left = short[others:], left - share


def pytest_collection_finish() -> None:
    """Garbage is looked for seldom, and not among what stays: else a fifth of the time goes into it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` keeps pictures as they are seen now."""
    parser.addoption("--update", action="store_true", help="keep the dashboard's pictures as they are seen now")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user reaches, as pytest's own is not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
