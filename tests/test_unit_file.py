"""The systemd unit: sound by systemd's own judgement, and true to what the program does."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path

import pytest

from appliance import supervisor
from tests.conftest import need_program

UNIT = Path(__file__).parents[1] / "etc" / "busmeister.service"
EXPOSURE = 2.0  # of 10 by `systemd-analyze security`; below 2 it says OK


def service() -> configparser.SectionProxy:
    """The options of the service; of those that are given twice, the last."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # names of systemd have capitals
    unit.read(UNIT)
    return unit["Service"]


def seconds(name: str) -> float:
    """An option that is a time in seconds."""
    return float(service()[name].removesuffix("s"))


def test_standstill_is_over_within_two_minutes() -> None:
    assert service()["Type"] == "notify"
    assert supervisor.PROGRESS_PATIENCE + seconds("WatchdogSec") <= 120


def test_watchdog_waits_for_several_ticks_of_the_supervisor() -> None:
    assert seconds("WatchdogSec") >= 3 * supervisor.TICK


def test_services_have_time_to_stop_before_systemd_kills_them() -> None:
    assert seconds("TimeoutStopSec") >= 3 * supervisor.STOP_PATIENCE


def installed_unit(folder: Path) -> Path:
    """The unit with a program that exists."""
    unit = folder / UNIT.name
    unit.write_text(UNIT.read_text().replace(service()["ExecStart"].split()[0], "/bin/true"))
    return unit


@pytest.mark.peer
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    analyze = need_program("systemd-analyze")
    done = subprocess.run(
        [analyze, "verify", "--man=no", installed_unit(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.peer
def test_systemd_finds_the_unit_well_fenced_in(tmp_path: Path) -> None:
    analyze = need_program("systemd-analyze")
    command = [analyze, "security", "--offline=true", "--no-pager", str(installed_unit(tmp_path))]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told)
    assert exposure
    assert float(exposure[1]) < EXPOSURE
