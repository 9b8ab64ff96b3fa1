"""`busmeister run`, as the person at the terminal sees it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from pathlib import Path

from appliance.local_socket import find_socket
from console.local.frames import VERSION
from tests.running.programs import PATIENCE, command, console, running

READING = re.compile(r"\d\d:\d\d:\d\d +\d+/60 +\S.* \S+ \S+ +ok$")


def test_the_demo_shows_a_reading_with_value_unit_and_status_and_ends_cleanly(tmp_path: Path) -> None:
    with running("run", "--demo", "--headless", "--data", tmp_path, sign="busmeister") as appliance:
        line = appliance.wait_for("/60 ")
        assert READING.match(line), line
        assert appliance.end(signal.SIGTERM) == 0
    assert appliance.lines[-1] == "Stopped; everything that was read is stored."


def test_console_may_be_called_as_soon_as_it_is_said_where_it_is(tmp_path: Path) -> None:
    with (
        running("run", "--headless", "--data", tmp_path, sign="console:"),
        socket.socket(socket.AF_UNIX) as line,
    ):
        line.connect(str(find_socket(tmp_path)))
        line.settimeout(PATIENCE)
        line.sendall(json.dumps({"hello": VERSION}).encode() + b"\n")
        assert b"hello" in line.recv(4096)


def test_ctrl_c_ends_it_cleanly_too(tmp_path: Path) -> None:
    with running("run", "--demo", "--headless", "--data", tmp_path, sign="/60 ") as appliance:
        assert appliance.end(signal.SIGINT) == 0


def test_a_second_appliance_on_the_same_folder_names_the_first(tmp_path: Path) -> None:
    with running("run", "--headless", "--data", tmp_path, sign="console:") as appliance:
        second = subprocess.run(
            command("run", "--headless", "--data", tmp_path), capture_output=True, text=True, check=False, timeout=60
        )
        assert second.returncode == 1
        assert f"process {appliance.process.pid}" in second.stderr
        assert "Traceback" not in second.stderr


def test_a_meter_is_read_by_order_from_the_console(tmp_path: Path) -> None:
    with running("run", "--demo", "--headless", "--data", tmp_path, sign="/60 ") as appliance:
        done = console(tmp_path, 'meter read "heat 3"', "show status")
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"energy +[\d .]+ MWh", done.stdout)
        assert appliance.process.poll() is None


def test_after_kill_9_the_readings_written_before_are_there(tmp_path: Path) -> None:
    with running("run", "--demo", "--headless", "--data", tmp_path, sign="/60 ") as appliance:
        assert console(tmp_path, 'meter read "heat 5"').returncode == 0  # a reading a person waits for is safe at once
        appliance.process.send_signal(signal.SIGKILL)
        appliance.process.wait()
    with running("run", "--demo", "--headless", "--data", tmp_path, sign="console:"):
        done = console(tmp_path, 'meter readings "heat 5" since=1d json')
        assert done.returncode == 0, done.stdout + done.stderr
        assert '"status"' in done.stdout
