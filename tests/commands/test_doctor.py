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
from collections.abc import Callable, Iterator
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
from tests.nobody import as_nobody, needs_root


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as a start of the appliance leaves it."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    (path / "lock").write_text("4711\n")
    (path / "keyfile").touch(mode=0o600)
    return path


def write_database(path: Path, rows: int = 1000) -> apsw.Connection:
    """A database with a log that is not yet merged into it; still open."""
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.pragma("wal_autocheckpoint", 0)
    connection.execute("CREATE TABLE reading (slot INTEGER PRIMARY KEY, octets BLOB)")
    connection.executemany("INSERT INTO reading VALUES (?, zeroblob(100))", ((slot,) for slot in range(rows)))
    return connection


def as_tree(path: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


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


def test_sound_database_is_ok(data: Path) -> None:
    connection = write_database(data / "busmeister.db")
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.close()
    assert folder.check_database(data / "busmeister.db", None).level is Level.OK


def damage(path: Path) -> None:
    """Overwrite a page in the middle, as a dying card does."""
    octets = bytearray(path.read_bytes())
    octets[8192:12288] = bytes(4096)
    path.write_bytes(octets)


def test_damaged_database_is_an_error_with_what_happens_next(data: Path) -> None:
    connection = write_database(data / "busmeister.db")
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.close()
    damage(data / "busmeister.db")
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert "last-good" in finding.remedy
    assert "\n" not in finding.sentence


@needs_root
def test_database_of_another_user_is_not_called_damaged(public_folder: Path) -> None:
    path = public_folder / "busmeister.db"
    write_database(path).close()
    path.chmod(0o600)
    told = as_nobody(
        "from pathlib import Path\nfrom appliance.checks import folder",
        "finding = folder.check_database(Path(sys.argv[1]), None)\nprint(finding.level, finding.sentence)",
        str(path),
    )
    assert told == f"error {path} belongs to root\n"


def test_file_that_is_no_database_is_an_error(data: Path) -> None:
    (data / "busmeister.db").write_text("my shopping list, which is long enough to be one" * 100)
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert "not a database" in finding.sentence


def test_no_database_in_a_folder_that_was_used_is_told_as_what_follows(data: Path) -> None:
    assert "configuration/last-good" in folder.check_database(data / "busmeister.db", None).sentence
    (data / "keyfile").unlink()
    assert folder.check_database(data / "busmeister.db", None) == ok("database", "made at the first start")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def write_later_version(path: Path) -> None:
    connection = write_database(path)
    connection.pragma("user_version", 99)
    connection.close()


@pytest.mark.parametrize(
    ("make", "words", "remedy"),
    [
        (empty, "is damaged (it is empty)", "Start the appliance"),
        (Path.mkdir, "is no file", "Move it away"),
        (write_later_version, "was written by a later version of busmeister", "Start that version"),
    ],
)
def test_database_that_the_appliance_would_not_take_is_an_error(
    data: Path, make: Callable[[Path], None], words: str, remedy: str
) -> None:
    make(data / "busmeister.db")
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert words in finding.sentence
    assert finding.remedy.startswith(remedy)


def test_database_of_another_program_is_an_error_with_what_to_do(data: Path) -> None:
    connection = apsw.Connection(str(data / "busmeister.db"))
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = as_tree(data)
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert "is the database of another program" in finding.sentence
    assert finding.remedy == "Move it away, or choose another folder with --data"
    assert as_tree(data) == before


def test_file_that_is_no_database_in_a_folder_never_used_is_somebody_else_s(data: Path) -> None:
    (data / "keyfile").unlink()
    (data / "busmeister.db").write_text("my diary")
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert "is no database of busmeister" in finding.sentence
    assert finding.remedy.startswith("Move it away")


@pytest.fixture
def cut_off(data: Path, tmp_path: Path) -> Path:
    """A database whose last run was cut off: a part of it is in the log alone."""
    connection = write_database(data / "busmeister.db")
    left = tmp_path / "left"
    left.mkdir()
    for name in ("busmeister.db", "busmeister.db-wal"):
        shutil.copy(data / name, left)
    connection.close()
    return left / "busmeister.db"


def test_database_of_a_run_that_was_cut_off_is_checked_with_its_log(cut_off: Path) -> None:
    before = as_tree(cut_off.parent)
    assert folder.check_database(cut_off, None).level is Level.OK
    assert as_tree(cut_off.parent) == before


def test_database_too_large_to_copy_is_said_to_be_unchecked(cut_off: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "LARGEST_COPY", 1000)
    assert "not checked" in folder.check_database(cut_off, None).sentence


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
