"""The console in a terminal: a person types, looks, breaks off and leaves."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator

import pytest

from appliance.events import BusTraffic
from console.local.server import LocalConsole
from tests.operations.world import World

CONTROL = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")
PROMPT = b"\x1b[?2004h"  # bracketed paste on
CTRL_C, CTRL_D, ENTER = b"\x03", b"\x04", b"\r"


class Terminal:
    """`busmeister console` on a pseudo terminal."""

    def __init__(self, world: World) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 80))
        environment = os.environ | {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        words = [sys.executable, "-m", "appliance", "console", "--data", str(world.parts.data_folder)]
        self.process = subprocess.Popen(
            words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
            preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
        )  # fmt: skip
        os.close(theirs)
        self._seen = b""

    def type(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def wait_for(self, text: str) -> None:
        """Read on until the text has appeared; the test's own time-out ends what never comes."""
        while text.encode() not in CONTROL.sub(b"", self._seen):
            self._seen += os.read(self._ours, 65536)
        self._seen = b""

    def wait_for_prompt(self) -> None:
        """Until the line editor has taken the terminal over."""
        while PROMPT not in self._seen:
            self._seen += os.read(self._ours, 65536)
        self._seen = self._seen.partition(PROMPT)[2]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def terminal(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setattr("console.local.server.GLANCE", 0.01)
    console, stop = LocalConsole(world.parts), threading.Event()
    console.open()
    server = threading.Thread(target=console.run, args=(stop,))
    server.start()
    terminal = Terminal(world)
    yield terminal
    terminal.close()
    stop.set()
    server.join(10)


def test_person_types_watches_breaks_off_and_leaves(world: World, terminal: Terminal) -> None:
    terminal.wait_for_prompt()
    terminal.type(b"set identity.name=cellar" + ENTER)
    terminal.wait_for_prompt()
    terminal.wait_for("cellar 3>")
    terminal.type(b"bus watch" + ENTER)
    while not world.hub.wanted(BusTraffic):
        threading.Event().wait(0.001)
    terminal.type(CTRL_C)
    terminal.wait_for_prompt()
    assert not world.hub.wanted(BusTraffic)
    terminal.type(b"half a line" + CTRL_C)
    terminal.wait_for_prompt()
    terminal.type(b"show version" + ENTER)
    terminal.wait_for("busmeister 0.1.0")
    terminal.wait_for_prompt()
    terminal.type(CTRL_D)
    assert terminal.process.wait(30) == 0
