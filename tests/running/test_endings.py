"""Restart and factory reset, of the running appliance and of its folder's raw files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.errors import Occupied, StoreError
from appliance.factory_reset import wipe
from appliance.lifecycle import Ending, Lifecycle
from appliance.store.folder import DataFolder
from tests.running.programs import console, running

CANARY = "canary-in-the-cellar"


def raw(folder: Path) -> bytes:
    """Every octet of every file below a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def serial(folder: Path) -> str:
    """The number that confirms a reset; it is told to who asks without it."""
    refused = console(folder, "factory reset")
    assert refused.returncode == 1
    return refused.stdout.partition("confirm=")[2].split()[0]


@pytest.mark.first
def test_factory_reset_leaves_no_trace_and_begins_anew_with_another_set_up_code(tmp_path: Path) -> None:
    with running("run", "--headless", "--data", tmp_path, sign="console:") as appliance:
        first = next(line for line in appliance.lines if "Set-up code" in line)
        done = console(
            tmp_path, f"set identity.location={CANARY}", f"meter add secondary=12345678 read=false name={CANARY}"
        )
        assert done.returncode == 0, done.stdout + done.stderr
        (tmp_path / "files" / "report.csv").write_text(CANARY)
        assert CANARY.encode() in raw(tmp_path)
        key = (tmp_path / "keyfile").read_bytes()
        assert console(tmp_path, f"factory reset confirm={serial(tmp_path)}").returncode == 0
        second = appliance.wait_for("Set-up code")
        appliance.wait_for("console:")
        left = raw(tmp_path)
        assert CANARY.encode() not in left
        assert key not in left
        assert second != first
        assert console(tmp_path, "show meters").returncode == 0


@pytest.mark.first
def test_restart_keeps_everything_and_the_process(tmp_path: Path) -> None:
    with running("run", "--headless", "--data", tmp_path, sign="console:") as appliance:
        assert console(tmp_path, f"set identity.location={CANARY}").returncode == 0
        assert console(tmp_path, "restart confirm=yes").returncode == 0
        appliance.wait_for("console:")
        assert CANARY in console(tmp_path, "show settings identity").stdout
        assert appliance.process.poll() is None
        assert console(tmp_path, "shutdown confirm=yes").returncode == 0
        appliance.process.wait(60)
        assert appliance.process.returncode == 0


def test_wiping_goes_through_folders_and_stays_inside(tmp_path: Path) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside"
    DataFolder(data).prepare()
    outside.mkdir()
    (outside / "precious").write_text("stays")
    (data / "files" / "deep").mkdir()
    (data / "files" / "deep" / "report").write_bytes(CANARY.encode() * 10_000)
    (data / "link").symlink_to(outside)
    os.mkfifo(data / "files" / "pipe")
    assert wipe(data) == 3
    assert [path.name for path in data.iterdir()] == ["lock"]
    assert (outside / "precious").read_text() == "stays"


def test_file_is_written_over_before_it_goes(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    folder.database.write_bytes(CANARY.encode() * 5000)
    (tmp_path / "witness").hardlink_to(folder.database)
    wipe(folder.path)
    assert (tmp_path / "witness").read_bytes() == bytes(len(CANARY) * 5000)


def test_folder_of_a_running_appliance_is_not_wiped(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    folder.lock()
    with pytest.raises(Occupied):
        wipe(folder.path)
    folder.unlock()


def test_what_cannot_be_removed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    folder.database.write_bytes(b"x")

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreError, match=r"busmeister\.db cannot be wiped \(Permission denied\)"):
        wipe(folder.path)


def test_first_order_of_an_end_holds() -> None:
    lifecycle = Lifecycle()
    lifecycle.end(Ending.FACTORY_RESET)
    lifecycle.end(Ending.RESTART)
    assert lifecycle.ending is Ending.FACTORY_RESET
