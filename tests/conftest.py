"""Fixtures that many tests share: time that stands still until told, the captured telegrams where they are."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from appliance.clock import VirtualClock

CAPTURED = Path(__file__).resolve().parents[2] / "shared" / "telegrams"


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


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` keeps pictures as they are seen now."""
    parser.addoption("--update", action="store_true", help="keep the dashboard's pictures as they are seen now")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user reaches, as pytest's own is not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
