"""The dashboard as its users meet it: OpenSSH in a terminal, with its keys, its sizes and its broken lines."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import need_program
from tests.console.houses import PASSWORD, Running, appliance_in
from tests.tui.tmux import PATIENCE, Pane, pane

ONCE = "once-upon-a-boiler"
OWN = "seven-green-boilers"
pytestmark = pytest.mark.peer


@dataclass
class House:
    """A running appliance with SSH on a free port, and the terminals before it."""

    running: Running
    folder: Path
    port: int

    def ssh(self, name: str, *words: str, place: str = "first") -> AbstractContextManager[Pane]:
        """OpenSSH in a terminal; `words` are options before the host and a command behind `--`."""
        at = words.index("--") if "--" in words else len(words)
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"]
        command = [need_program("ssh"), "-F", "/dev/null", "-tt", "-p", str(self.port)]
        command += [word for option in options for word in ("-o", option)]
        return pane(self.folder, place, [*command, *words[:at], f"{name}@127.0.0.1", *words[at + 1 :]])

    def set_up(self) -> None:
        """The administrator, by the code, and the place told, so that no step of the first start waits."""
        self.running.order(f'setup {self.running.code} "{PASSWORD}"', "set identity.location=loft")

    def sessions(self) -> int:
        """How many are here by SSH."""
        return sum(",ssh," in line for line in self.running.order("client list csv").splitlines())

    def wait_for_sessions(self, count: int) -> None:
        until = time.monotonic() + PATIENCE
        while self.sessions() != count:
            assert time.monotonic() < until
            threading.Event().wait(0.2)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    for program in ("ssh", "ssh-keygen", "tmux"):
        need_program(program)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with appliance_in(tmp_path) as running:
        running.order(f"set ssh.port={port}", "set ssh.listen=127.0.0.1")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), PATIENCE).close()
                break
            except ConnectionRefusedError:
                threading.Event().wait(0.05)
        yield House(running, tmp_path, port)


def log_in(terminal: Pane, password: str = PASSWORD) -> None:
    terminal.see("[Pp]assword:")
    terminal.type(password, "Enter")


def test_from_the_first_start_over_a_broken_line_to_the_next_visit(house: House) -> None:
    with house.ssh("setup") as terminal:
        terminal.see("Set-up code:")
        terminal.type(house.running.code, "Enter")
        terminal.see("New password for admin:")
        terminal.type(PASSWORD, "Enter")
        terminal.see("Again:")
        terminal.type(PASSWORD, "Enter")
        terminal.see("▶ 3 Place and time")
        terminal.type("", "Escape")
        terminal.see(r"of 60 meters|60 meters are fine")
        terminal.type(":")
        terminal.see("console")
        terminal.type("set identity.location=cellar", "Enter")
        terminal.see("· cellar")
        assert house.running.setting("identity.location") == "cellar"
        terminal.type("R")  # all meters; the status line follows the round
        first = int(terminal.see(r"▶ (\d+)/60")[1])
        terminal.see(rf"▶ (?!{first}/)\d+/60")
        terminal.type("2")
        terminal.see(r"rows 1–\d+ of 60")
        terminal.type("", "Enter")
        terminal.see("Newest values")
        terminal.type("r")
        terminal.see("[Rr]ead")
        terminal.resize(80, 24)
        terminal.see(r"(?s)\A busmeister .*\? help ?\n\Z")
        assert len(terminal.shows().splitlines()) == 24
        terminal.resize(140, 45)
        terminal.see(r"(?s)\A busmeister .*\? help ?\n\Z")
        assert len(terminal.shows().splitlines()) == 45
        house.wait_for_sessions(1)
        terminal.kill()
        house.wait_for_sessions(0)
    with house.ssh("admin", place="second") as terminal:
        log_in(terminal)
        terminal.see("· cellar")
        terminal.type("q")
        terminal.see_end()


def test_key_opens_dashboard_and_console_and_the_fifth_dashboard_is_refused_in_words(house: House) -> None:
    house.set_up()
    key = house.folder / "key"
    subprocess.run([need_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = key.with_suffix(".pub").read_text(encoding="ascii").strip()
    house.running.order(f'user key add "{public}" name=admin', "set dashboard.max_clients=1")
    identity = ("-i", str(key), "-o", "PasswordAuthentication=no")
    with house.ssh("admin", *identity) as first:
        first.see(r"of 60 meters|60 meters are fine")
        with house.ssh("admin", *identity, place="second") as second:
            second.see_end()
            assert "1 dashboard is open already: close it." in second.said()
    with house.ssh("admin", *identity, "--", "console", place="third") as terminal:
        terminal.see("3>")
        terminal.type("show version", "Enter")
        terminal.see(r"busmeister \d+\.\d+")
        terminal.type("quit", "Enter")
        terminal.see_end()


def test_one_time_password_is_changed_before_anything_else(house: House) -> None:
    house.set_up()
    house.running.order(f"user add anna {ONCE} level=1")
    with house.ssh("anna") as terminal:
        log_in(terminal, ONCE)
        terminal.see("Password of anna")
        terminal.type(OWN)
        terminal.see("long and not common")
        terminal.type("", "Enter")
        terminal.type(OWN)
        terminal.see("the same")
        terminal.type("", "Enter")
        terminal.see("What to do")
    with house.ssh("anna", place="second") as terminal:
        log_in(terminal, OWN)
        terminal.see("What to do")
