"""`busmeister simulate` as a person starts it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.__main__ import main
from appliance.mbus.frames import LongFrame

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def simulate(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "appliance", "simulate", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_building_is_offered_until_a_signal_comes_and_traffic_is_counted(number: signal.Signals) -> None:
    with simulate("--building", "boiler-room", "--meters", "3", "--tcp", "127.0.0.1:0", "--fast") as process:
        assert line_of(process) == "# Boiler room: 3 meters at 9600 baud. Ends with ctrl-c.\n"
        found = re.search(r"tcp://127\.0\.0\.1:(\d+)", line_of(process))
        assert found
        assert [line_of(process).startswith("meter add secondary=") for _ in range(3)] == [True] * 3
        with socket.create_connection(("127.0.0.1", int(found[1]))) as client:
            client.sendall(b"\x10\x40\x01\x41\x16")
            assert client.recv(1) == b"\xe5"
        process.send_signal(number)
        assert line_of(process) == "# 1 frames heard, 1 answers given.\n"
        assert process.wait(60) == 0


def test_pty_is_offered_with_how_to_connect(tmp_path: Path) -> None:
    link = tmp_path / "ttyM"
    with simulate("--building", "factory", "--pty", "--link", str(link), "--baud", "300") as process:
        assert "60 meters at 300 baud" in line_of(process)
        assert f"serial://{link}, 8N1" in line_of(process)
        assert link.is_symlink()
        process.terminate()
        assert process.wait(60) == 0
    assert not link.is_symlink()


def test_telegrams_left_out_are_named_on_standard_error(tmp_path: Path) -> None:
    for name, octets in {"busy": LongFrame(0x08, 9, 0x70, b"\x08").to_bytes(), "broken": b"\x68\x03"}.items():
        (tmp_path / f"{name}.hex").write_text(octets.hex())
    with simulate("--telegrams", str(tmp_path), "--pty") as process:
        assert "1 meters" in line_of(process)
        line_of(process)
        assert line_of(process) == 'meter add primary=9 name="busy"\n'
        process.terminate()
        assert process.stderr is not None
        assert process.stderr.read().startswith("busmeister: broken.hex is left out: ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--building", "castle", "--pty"], 'There is no simulated building "castle": take apartment-block'),
        (["--building", "factory", "--pty", "--meters", "0"], "at least one meter"),
        (["--building", "factory", "--pty", "--fault", "dead"], 'There is no simulated fault "dead"'),
        (["--building", "factory", "--tcp", "localhost"], "--tcp takes HOST:PORT"),
        (["--building", "factory", "--tcp", "localhost:99999"], "--tcp takes HOST:PORT"),
        (["--building", "factory", "--tcp", "localhost:0", "--link", "x"], "goes with --pty"),
        (["--building", "/nowhere.toml", "--pty"], "(No such file or directory): name another, or take apartment"),
        (["--telegrams", "/nowhere", "--pty"], "(No such file or directory): name one with .hex files"),
        (["--recording", "/nowhere", "--pty"], "(No such file or directory): name a file that `bus record` wrote"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_1(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["simulate", *arguments]) == 1
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_taken_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert main(["simulate", "--building", "factory", "--tcp", f"127.0.0.1:{other.getsockname()[1]}"]) == 1
    assert "is taken by another program" in capsys.readouterr().err
