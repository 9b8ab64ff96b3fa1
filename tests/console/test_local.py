"""The local socket: who is at its other end, and how commands end for scripts."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from appliance.commands import console as command
from appliance.events import BusTraffic
from appliance.local_socket import LONGEST, find_socket, place_socket
from appliance.operations.call import Call
from appliance.operations.local_peer import Peer, call_of
from console.local.client import Done, LocalClient, NotRunning
from console.local.frames import Wire
from console.local.server import CLIENTS_AT_MOST, LocalConsole
from tests.console.dialogues import Paper
from tests.nobody import NOBODY, as_nobody, needs_root
from tests.operations.world import World

ASK = """
import json, socket, sys
"""
ASK_AS = """
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
file = connection.makefile("rwb")
for frame in ({"hello": 2}, {"line": "whoami json"}):
    file.write(json.dumps(frame).encode() + b"\\n")
    file.flush()
    print(file.readline().decode(), end="")
"""


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The socket of a running appliance."""
    monkeypatch.setattr("console.local.server.GLANCE", 0.01)
    console = LocalConsole(world.parts)
    path = console.open()
    stop = threading.Event()
    server = threading.Thread(target=console.run, args=(stop,))
    server.start()
    yield path
    stop.set()
    server.join(10)
    assert not path.exists()


def connect(world: World) -> tuple[LocalClient, Paper]:
    paper = Paper()
    return LocalClient.connect(world.parts.data_folder, paper.write), paper


def run(world: World, *arguments: str, typed: str = "", alone: bool = False) -> subprocess.CompletedProcess[str]:
    """`busmeister console` as a process of its own, `alone` without the terminal of the tests."""
    words = [sys.executable, "-m", "appliance", "console", "--data", str(world.parts.data_folder), *arguments]
    return subprocess.run(
        words, capture_output=True, text=True, input=typed, check=False, timeout=60, start_new_session=alone
    )


def test_own_user_has_level_3_by_the_kernels_word(world: World, served: Path) -> None:
    client, paper = connect(world)
    assert client.run("whoami json") == Done(None, leave=False)
    told = json.loads(paper.lines[0])
    assert (told["user"].split(":")[0], told["level"], told["source"]) == ("local", 3, f"process {os.getpid()}")
    client.close()


def test_newcomer_gets_the_place_of_who_says_nothing(world: World, served: Path) -> None:
    world.settings.set({"security.login.pre_login_clients": "4"}, "test")
    silent = [socket.socket(socket.AF_UNIX) for _ in range(12)]
    for one in silent:
        one.connect(str(served))
    client, paper = connect(world)
    client.run("show version")
    assert paper.lines[0] == "busmeister 0.1.0"
    assert world.parts.doorkeeper.lobby.waiting < 4
    for one in silent[:8]:
        assert one.recv(100) == b""
    client.close()
    for one in silent:
        one.close()


def test_who_says_no_hello_is_hung_up_on(world: World, served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.local.server.time_for_hello", lambda parts: 0.01)
    with socket.socket(socket.AF_UNIX) as silent, silent.makefile("rb") as answer:
        silent.connect(str(served))
        assert b"refused" in answer.readline()
        assert answer.read() == b""


def test_others_begin_at_level_0(world: World) -> None:
    assert call_of(world.parts, Peer(1, os.geteuid() + 1)).level == 0
    assert call_of(world.parts, Peer(1, 0)).user == "local:root"
    assert Peer(1, 4_000_000_000).name == "4000000000"


@needs_root
def test_another_user_begins_at_level_0(world: World, served: Path) -> None:
    ours = Path(os.environ.get("PYTEST_DEBUG_TEMPROOT") or tempfile.gettempdir())
    for folder in (served, *served.parents):  # an owner who opened the folder for others
        if ours in folder.parents:
            folder.chmod(folder.stat().st_mode | stat.S_IRWXO)
    hello, answer = as_nobody(ASK, ASK_AS, str(served)).splitlines()
    assert json.loads(hello)["level"] == 0
    assert json.loads(json.loads(answer)["text"])["user"] == ""


@needs_root
def test_socket_is_closed_to_other_users(world: World, served: Path) -> None:
    assert stat.S_IMODE(served.stat().st_mode) == 0o600
    assert stat.S_IMODE(served.parent.stat().st_mode) == 0o700
    with pytest.raises(subprocess.CalledProcessError) as caught:
        as_nobody(ASK, ASK_AS, str(served))
    assert "PermissionError" in caught.value.stderr
    assert os.geteuid() != NOBODY


def test_answers_come_in_order_and_the_session_keeps_its_level(world: World, served: Path) -> None:
    client, paper = connect(world)
    client.run("disable 2")
    client.run("set identity.name=cellar")
    client.run("set bus.baud_rate=300")
    assert paper.lines == ["OK", "OK", "ERROR bus.baud_rate needs level 3, this session has 2: enable 3"]
    assert client.run("quit").leave
    client.close()


def test_nobody_is_asked_in_a_script(world: World, served: Path) -> None:
    client, paper = connect(world)
    assert client.run("meter delete all").kind == "usage"
    assert client.run("password").kind == "usage"
    assert paper.lines[0] == 'ERROR "meter delete" asks first: For good? confirm=yes does it.'
    client.close()


def test_person_who_hangs_up_ends_what_only_they_watch(world: World, served: Path) -> None:
    client, _ = connect(world)

    def watch() -> None:
        with pytest.raises(NotRunning):
            client.run("bus watch")

    watching = threading.Thread(target=watch)
    watching.start()
    while not world.hub.wanted(BusTraffic):
        threading.Event().wait(0.001)
    client.close()
    watching.join(10)
    while world.hub.wanted(BusTraffic):
        threading.Event().wait(0.001)


def test_too_many_consoles_are_refused(world: World, served: Path) -> None:
    clients = [connect(world)[0] for _ in range(CLIENTS_AT_MOST)]
    with pytest.raises(NotRunning, match="8 consoles are open already"):
        connect(world)
    clients.pop().close()
    while True:
        try:
            clients.append(connect(world)[0])
            break
        except NotRunning:
            threading.Event().wait(0.001)
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    "octets",
    [b"GET / HTTP/1.1\r\n\r\n", b"[]\n", b'{"hello": 7}\n', b'{"hello": 2}\n\xff\n', b"[" * 100_000 + b"\n", b""],
)
def test_what_is_no_console_is_hung_up_on(world: World, served: Path, octets: bytes) -> None:
    stranger = socket.socket(socket.AF_UNIX)
    stranger.connect(str(served))
    stranger.sendall(octets)
    stranger.shutdown(socket.SHUT_WR)
    while stranger.recv(4096):
        pass
    stranger.close()
    client, _ = connect(world)
    assert client.run("show version").kind is None
    client.close()


def test_appliance_that_hangs_up_is_said(world: World) -> None:
    ours, theirs = socket.socketpair()
    client = LocalClient(Wire(ours), Paper().write)
    theirs.close()
    with pytest.raises(NotRunning, match="hung up"):
        client.run("show version")
    client.close()


def test_socket_with_too_long_a_path_is_elsewhere_and_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp")
    data = tmp_path / ("long" * 30)
    data.mkdir()
    path = place_socket(data)
    assert len(str(path)) <= LONGEST
    assert find_socket(data) == path
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.parent.rmdir()


def test_appliance_with_a_long_path_is_reached(tmp_path: Path, clock: VirtualClock) -> None:
    world = World(tmp_path / ("long" * 30), clock)
    console = LocalConsole(world.parts)
    path = console.open()
    stop = threading.Event()
    server = threading.Thread(target=console.run, args=(stop,))
    server.start()
    client, paper = connect(world)
    client.run("show version")
    client.close()
    stop.set()
    server.join(10)
    assert paper.lines == ["busmeister 0.1.0", "OK"]
    assert not path.parent.exists()
    world.close()


def test_commands_of_the_command_line_run_in_order(world: World, served: Path) -> None:
    done = run(world, "-c", "set bus.baud_rate=300", "-c", "show defaults match=baud csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "OK\nname,value,default\nbus.baud_rate,300 Bd,2400\nOK\n"


def test_file_and_standard_input_are_taken(world: World, served: Path, tmp_path: Path) -> None:
    script = tmp_path / "setup.cad"
    script.write_text("# busmeister configuration 1\nset bus.baud_rate=600\nshow version\n")
    assert run(world, str(script)).stdout == "OK\nbusmeister 0.1.0\nOK\n"
    assert run(world, typed="show version\nsh ver\n").stdout == "busmeister 0.1.0\nOK\n" * 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-c", "show version"], command.OK),
        (["-c", "nonsense", "-c", "show version"], command.FAILED),
        (["-c", "show version", "setup.cad"], command.USAGE),
        (["/nowhere/setup.cad"], command.USAGE),
        (["--data", "/nowhere"], command.NOT_RUNNING),
    ],
)
def test_exit_code_tells_how_it_ended(world: World, served: Path, arguments: list[str], code: int) -> None:
    done = run(world, *arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if code in (command.USAGE, command.NOT_RUNNING):
        assert done.stdout == ""
        assert done.stderr.startswith("busmeister: ")
        assert done.stderr.count("\n") == 1


def test_level_too_low_has_its_exit_code(
    world: World, served: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("console.local.server.call_of", lambda parts, peer: Call(parts, "anna", 1))
    client, paper = connect(world)
    done = client.run("set bus.baud_rate=300")
    assert command.CODES[done.kind] == command.LEVEL_TOO_LOW  # type: ignore[index]  # a kind came, None would fail
    assert paper.lines == ["ERROR bus.baud_rate needs level 3, this session has 1: enable 3"]
    client.close()


def test_user_of_the_command_line_is_logged_in_first(
    world: World, served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settings.set({"console.password.2": 'pumper "nickel" 17'}, "test")
    password = tmp_path / "password"
    monkeypatch.setenv(command.PASSWORD_FILE, str(password))
    password.write_text('pumper "nickel" 17\n')
    done = run(world, "--user", "2", "-c", "whoami")
    assert (done.returncode, done.stdout.splitlines()[0][:17]) == (command.OK, "level 2, level 2,")
    password.write_text("wrong wrong 1\n")
    done = run(world, "--user", "2", "-c", "whoami")
    assert (done.returncode, done.stdout) == (command.LOGIN_REFUSED, "ERROR The name or the password is wrong.\n")
    password.unlink()
    done = run(world, "--user", "2", "-c", "whoami")
    assert (done.returncode, done.stdout) == (command.USAGE, "")
    assert "password cannot be read: No such file" in done.stderr


@pytest.mark.parametrize("typed", ["", "whoami\n"], ids=["nothing", "a command"])
def test_password_is_asked_for_on_a_terminal_only(world: World, served: Path, typed: str) -> None:
    done = run(world, "--user", "2", typed=typed, alone=True)
    assert (done.returncode, done.stdout) == (command.USAGE, "")
    assert done.stderr == (
        "busmeister: no terminal to ask for the password: name a file with it in BUSMEISTER_PASSWORD_FILE.\n"
    )


@pytest.mark.parametrize("way", ["arguments", "file"])
def test_ctrl_c_ends_the_run_and_has_its_exit_code(world: World, served: Path, tmp_path: Path, way: str) -> None:
    file = tmp_path / "watch.cad"
    file.write_text("bus watch\nshow version\n")
    rest = [file] if way == "file" else ["-c", "bus watch", "-c", "show version"]
    words = [sys.executable, "-m", "appliance", "console", "--data", world.parts.data_folder, *rest]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while not world.hub.wanted(BusTraffic):
            threading.Event().wait(0.001)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[0] == "OK\n"
    assert process.returncode == command.BROKEN_OFF
    assert not world.hub.wanted(BusTraffic)


def test_console_starts_without_store_and_line_editor() -> None:
    code = (
        "import sys, appliance.commands.console\n"
        "heavy = {'peewee', 'apsw', 'prompt_toolkit', 'asyncio', 'textual'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
