"""The doctor sees what keeps an appliance from working, says what to do, and changes nothing itself."""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from appliance.__main__ import main
from appliance.checks import clock as clock_checks
from appliance.checks import folder, program, serial
from appliance.checks.finding import Finding, Level, error, ok
from appliance.clock import ClockQuality, VirtualClock
from appliance.commands import answering, doctor
from appliance.local_socket import place_socket
from drivers import serial_ports
from tests.commands.conftest import as_tree, write_database
from tests.nobody import as_nobody, needs_root

# The command


def test_healthy_machine_gets_a_line_for_each_check_in_columns(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_ports, "ports", list)
    assert main(["doctor", "--data", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    subjects = ["Python", "libraries", "SQLite", "terminal", "clock", "time server", "time zone", "data folder", "disk"]
    subjects += ["appliance", "key file", "database", "serial port"]
    assert [next(subject for subject in subjects if subject in line[9:21]) for line in lines] == subjects
    assert {line[:9].strip() for line in lines} <= {"ok", "warning"}


def test_json_has_the_same_findings(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--data", str(data), "--json"])
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {tuple(finding) for finding in findings} == {("level", "subject", "sentence", "remedy")}


def test_any_error_is_exit_code_1(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "examine", lambda data: iter([ok("disk", "fine"), error("clock", "wrong", "Set it")]))
    assert main(["doctor", "--data", str(data)]) == 1
    monkeypatch.setattr(doctor, "examine", lambda data: iter([ok("disk", "fine")]))
    assert main(["doctor", "--data", str(data)]) == 0


def test_doctor_works_where_the_libraries_of_the_store_are_missing() -> None:
    code = "import sys; sys.modules['apsw'] = sys.modules['peewee'] = None\n"
    code += "from appliance.__main__ import main; main(['doctor'])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "SQLite       cannot be loaded" in told.stdout
    assert told.stderr == ""


def test_lines_cannot_be_forged_by_names(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = doctor.text_lines([error("disk", "a\nb\x1b[2J", "Do it")])
    assert line == r"error    disk  a\nb\x1b[2J  -> Do it."


def test_looking_changes_nothing(data: Path) -> None:
    write_database(data / "busmeister.db").close()
    before = as_tree(data)
    list(doctor.examine_folder(data))
    assert as_tree(data) == before


# Program and clock


def test_old_python_is_an_error() -> None:
    assert program.check_python((3, 10)).level is Level.ERROR


def test_missing_library_is_named_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "version_of", lambda name: None if name == "pyserial" else "1.0")
    finding = program.check_libraries()
    assert finding == error("libraries", "not installed: pyserial", "Install them with: pip install 'busmeister[run]'")


def test_sqlite_that_loses_readings_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    assert program.check_sqlite().level is Level.ERROR


@pytest.mark.parametrize(
    ("encoding", "tty", "kind", "level"),
    [
        ("utf-8", True, "xterm-256color", Level.OK),
        ("UTF-8", False, "", Level.OK),
        ("ascii", True, "xterm-256color", Level.WARNING),
        ("utf-8", True, "dumb", Level.WARNING),
    ],
)
def test_terminal_that_cannot_show_degrees_is_told(encoding: str, tty: bool, kind: str, level: Level) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    terminal.isatty = lambda: tty  # type: ignore[method-assign]  # a terminal without a terminal
    assert program.check_terminal(terminal, {"TERM": kind}).level is level


def test_clock_that_was_never_set_is_an_error(clock: VirtualClock) -> None:
    assert clock_checks.check_time(clock).level is Level.OK
    clock.step(timedelta(days=-20_000))
    clock.quality = ClockQuality.UNTRUSTED
    finding = clock_checks.check_time(clock)
    assert finding.level is Level.ERROR
    assert "1972-" in finding.sentence


def test_clock_that_nobody_keeps_right_is_a_warning(clock: VirtualClock) -> None:
    levels = [
        {finding.subject: finding.level for finding in clock_checks.check_clock(clock, synchronised, {"TZ": "UTC"})}
        for synchronised in (True, False)
    ]
    assert [level["time server"] for level in levels] == [Level.OK, Level.WARNING]


def test_kernel_says_whether_the_clock_is_synchronised() -> None:
    assert clock_checks.is_synchronised() in (True, False)


@pytest.mark.parametrize(
    ("variable", "level"),
    [
        ("Europe/Berlin", Level.OK),
        (":Europe/Berlin", Level.OK),
        ("Mars/Olympus", Level.WARNING),
        ("../x", Level.WARNING),
    ],
)
def test_time_zone_is_one_that_exists(variable: str, level: Level) -> None:
    assert clock_checks.check_zone(variable, Path("/none")).level is level


def test_time_zone_is_the_one_the_machine_links_to(tmp_path: Path) -> None:
    zone = tmp_path / "zoneinfo" / "Europe" / "Berlin"
    zone.parent.mkdir(parents=True)
    zone.touch()
    (tmp_path / "localtime").symlink_to(zone)
    assert "Europe/Berlin" in clock_checks.check_zone(None, tmp_path / "localtime").sentence
    assert clock_checks.check_zone(None, tmp_path / "none").level is Level.WARNING


# The data folder


def test_folder_that_is_not_there_yet_is_fine(tmp_path: Path) -> None:
    (finding,) = doctor.examine_folder(tmp_path / "a" / "b")
    assert finding == ok("data folder", f"{tmp_path}/a/b is made at the first start")


def test_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    (finding,) = doctor.examine_folder(tmp_path / "data")
    assert finding.level is Level.ERROR


def test_folder_and_key_that_others_can_read_are_warnings(data: Path) -> None:
    data.chmod(0o755)
    (data / "keyfile").chmod(0o644)
    levels = {finding.subject: finding for finding in doctor.examine_folder(data)}
    assert levels["data folder"].remedy == f"Close it: chmod 700 {data}"
    assert levels["key file"].level is Level.WARNING


@pytest.mark.parametrize(("free", "level"), [(10**10, Level.OK), (10**8, Level.WARNING), (10**7, Level.ERROR)])
def test_full_disk_is_told_before_it_is_full(
    data: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**11, 10**11 - free, free))
    assert folder.check_room(data).level is level


def test_appliance_that_runs_is_named_and_its_database_left_alone(data: Path) -> None:
    (data / "busmeister.db").write_bytes(b"in use")
    with (data / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        findings = {finding.subject: finding.sentence for finding in doctor.examine_folder(data)}
    assert findings["appliance"] == "process 4711 does not answer"
    assert findings["database"] == "0.0 MB, in use by process 4711"
    assert folder.running(data) is None


def test_appliance_that_answers_on_its_socket_is_ok_and_one_that_hangs_up_is_not(data: Path) -> None:
    with socket.create_server(str(place_socket(data)), family=socket.AF_UNIX) as server:
        for greeting, level in ((b"{}\n", Level.OK), (b"", Level.WARNING)):
            greeting_thread = threading.Thread(target=greet, args=(server, greeting))
            greeting_thread.start()
            assert answering.check_appliance(data, "4711").level is level
            greeting_thread.join()


def greet(server: socket.socket, greeting: bytes) -> None:
    """Answer one who comes."""
    connection, _ = server.accept()
    with connection:
        connection.recv(100)
        connection.sendall(greeting)


def test_appliance_that_hangs_does_not_hang_the_doctor(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "PATIENCE", 0.01)
    with socket.create_server(str(place_socket(data)), family=socket.AF_UNIX):
        assert answering.check_appliance(data, "4711").level is Level.WARNING


# Serial ports


@pytest.fixture
def pty(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    master, slave = os.openpty()
    device = os.ttyname(slave)
    os.close(slave)
    monkeypatch.setattr(serial_ports, "ports", lambda: [device])
    yield device
    os.close(master)


def test_port_that_can_be_used_is_ok(pty: str) -> None:
    assert list(serial.check_serial_ports(serial_ports, None)) == [ok("serial port", pty)]


def test_port_in_use_is_a_warning_unless_the_appliance_uses_it(pty: str) -> None:
    with open(pty, "rb", buffering=0):  # noqa: PTH123 - a device, not a file
        (strange,) = serial.check_serial_ports(serial_ports, None)
        (own,) = serial.check_serial_ports(serial_ports, str(os.getpid()))
    assert strange.level is Level.WARNING
    assert f"(pid {os.getpid()})" in strange.sentence
    assert own.level is Level.OK


def test_machine_without_ports_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_ports, "ports", list)
    assert [finding.level for finding in serial.check_serial_ports(serial_ports, None)] == [Level.WARNING]


# Without rights


def found_by_nobody(call: str, path: str | Path) -> Finding:
    """What a check of a path finds when it runs as a user who may do nothing."""
    imports = "import json\nfrom dataclasses import astuple\nfrom pathlib import Path\n"
    imports += "from appliance.checks import folder, serial\nfrom drivers import serial_ports"
    told = as_nobody(imports, f"path = sys.argv[1]\nprint(json.dumps(astuple({call})))", str(path))
    level, *rest = json.loads(told)
    return Finding(Level(level), *rest)


@needs_root
def test_port_without_permission_says_which_group_helps(pty: str) -> None:
    shutil.chown(pty, "root", "dialout")
    Path(pty).chmod(0o660)
    finding = found_by_nobody("serial.check_port(serial_ports, path, None)", pty)
    assert finding.level is Level.ERROR
    assert finding.sentence == f"{pty}: user nobody has no permission"
    assert finding.remedy == "Add the user to group dialout: usermod -aG dialout nobody"


@needs_root
def test_folder_of_another_user_says_as_whom_to_look() -> None:
    with tempfile.TemporaryDirectory() as public:  # a place nobody can reach, unlike pytest's
        Path(public).chmod(0o755)
        data = Path(public) / "data"
        data.mkdir(mode=0o700)
        finding = found_by_nobody("folder.check_rights(Path(path))", data)
    assert finding.level is Level.ERROR
    assert "belongs to root" in finding.sentence
    assert "sudo -u root" in finding.remedy


@needs_root
def test_folder_that_may_not_be_made_is_an_error() -> None:
    finding = found_by_nobody("folder.check_place(Path(path))", "/var/lib/busmeister-of-nobody")
    assert finding.level is Level.ERROR
    assert "user nobody may not make" in finding.sentence
