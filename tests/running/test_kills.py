"""Kill -9 at any moment: the appliance starts again by itself, and what a person was told is stored is stored."""

from __future__ import annotations

import random
import signal
import statistics
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from tests.auditor import audit
from tests.running.figures import tell
from tests.running.programs import PATIENCE, Program, console, running

GLANCE = 0.02  # seconds between two looks at a file that another process writes
POOL = ThreadPoolExecutor(1)
METERS = [f"heat {number}" for number in range(1, 21)]


def person_reads(data: Path, name: str) -> Future[None]:
    """A person orders a reading; OK comes when it is on the disk."""

    def work() -> None:
        done = console(data, f'meter read "{name}"')
        assert done.returncode == 0, done.stdout + done.stderr

    return POOL.submit(work)


def written(data: Path) -> int:
    """How many readings the file of a running appliance holds."""
    try:
        connection = apsw.Connection(str(data / "busmeister.db"), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            return int(next(connection.execute("SELECT count(*) FROM reading"))[0])
        finally:
            connection.close()
    except apsw.Error:  # not there yet, or not to be read in this instant
        return 0


def readings(data: Path) -> int:
    """How many readings the file of an appliance that does not run holds; it must be sound."""
    found = audit(data / "busmeister.db")
    assert found.problems == []
    return len(found.readings)


def live_and_die(data: Path, chance: random.Random, name: str) -> float:
    """Start, read, die at some moment; seconds from the start to the first telegram on the disk."""
    before, began = written(data), time.monotonic()
    with running("run", "--demo", "--headless", "--data", data, sign="console:") as appliance:
        order = person_reads(data, name)
        while written(data) <= before and not order.done():
            time.sleep(GLANCE)
        stored = time.monotonic() - began
        order.result(PATIENCE)
        linger(appliance, chance.randrange(6))
        appliance.process.send_signal(signal.SIGKILL)
        appliance.process.wait()
    return stored


def linger(appliance: Program, lines: int) -> None:
    """Let it work on for so many readings."""
    for _ in range(lines):
        appliance.wait_for(" ok")


def kill_again_and_again(data: Path, times: int) -> list[float]:
    """So many lives; each reading a person was told of is there after each of them."""
    chance = random.Random(9)
    seconds = []
    for life in range(times):
        seconds.append(live_and_die(data, chance, METERS[life % len(METERS)]))
        assert readings(data) > life
    return seconds


@pytest.mark.first
def test_what_was_stored_survives_three_kills(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 3)


@pytest.mark.soak
@pytest.mark.alone
def test_what_was_stored_survives_forty_kills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = kill_again_and_again(tmp_path, 40)
    tell(capsys, "seconds from a start to its first telegram stored, median", statistics.median(seconds), limit=3)
    tell(capsys, "seconds from a start to its first telegram stored, longest", max(seconds), limit=3)
