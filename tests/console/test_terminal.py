"""`busmeister console` in a terminal: the editor of the telnet console, over the local socket and a real pty."""

from __future__ import annotations

import signal
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from appliance.appliance import open_console
from appliance.events import BusTraffic
from tests.operations.world import World
from tests.tui.local_terminal import CONTROL, Terminal, serving

CTRL_C, CTRL_D, ENTER, TAB, UP = b"\x03", b"\x04", b"\r", b"\t", b"\x1b[A"

OpenTerminal = Callable[..., Terminal]


@pytest.fixture
def opened(world: World) -> Iterator[OpenTerminal]:
    """Opens consoles in terminals of 80 x 24."""
    with ExitStack() as all_of_them:
        all_of_them.enter_context(serving(world, open_console))

        def open_terminal(*words: str) -> Terminal:
            return all_of_them.enter_context(Terminal(world.parts.data_folder, "console", *words))

        yield open_terminal


@pytest.fixture
def terminal(opened: OpenTerminal) -> Terminal:
    return opened()


def until(world: World, *, watched: bool) -> None:
    while world.hub.wanted(BusTraffic) is not watched:
        threading.Event().wait(0.001)


def test_person_types_watches_breaks_off_and_leaves(world: World, terminal: Terminal) -> None:
    terminal.see(b"Type help or ?")
    terminal.see(b"3>")
    terminal.type(b"set identity.name=cellar" + ENTER)
    terminal.see(b"cellar 3>")
    terminal.type(b"bus watch" + ENTER)
    until(world, watched=True)
    terminal.type(CTRL_C)
    until(world, watched=False)
    terminal.see(b"cellar 3>")
    terminal.type(b"show version" + ENTER)
    terminal.see(b"busmeister 0.1.0")
    terminal.see(b"cellar 3>")
    terminal.type(b"half a line" + CTRL_C + CTRL_D)
    assert terminal.end() == 0
    assert terminal.is_as_before
    assert b"\x1b[?1049l" not in terminal.seen, "a terminal that showed no other screen must not go back from it"


def test_ctrl_c_twice_with_nothing_typed_leaves(terminal: Terminal) -> None:
    terminal.see(b"3>")
    terminal.type(b"half a line" + CTRL_C + CTRL_C)
    terminal.see(b"ctrl-c once more")
    terminal.type(b"show version" + ENTER)
    terminal.see(b"busmeister 0.1.0")
    terminal.see(b"3>")
    terminal.type(CTRL_C + CTRL_C)
    assert terminal.end() == 0


def test_tab_history_and_help_are_those_of_telnet(terminal: Terminal) -> None:
    terminal.see(b"3>")
    terminal.type(b"show vers" + TAB)
    terminal.see(b"show version")
    terminal.type(ENTER)
    terminal.see(b"busmeister 0.1.0")
    terminal.see(b"3>")
    terminal.type(UP)
    terminal.see(b"show version")
    terminal.type(CTRL_C + b"meter ?")
    terminal.see(b"Lists readings")


def test_long_answers_stop_at_the_window_as_it_is_now(terminal: Terminal) -> None:
    terminal.see(b"3>")
    termios.tcsetwinsize(terminal.slave, (10, 60))
    terminal.process.send_signal(signal.SIGWINCH)  # as a terminal tells the one before it
    terminal.type(b"help" + ENTER)
    terminal.wait_for(b"more: space")
    lines = CONTROL.sub(b"", terminal.seen).splitlines()
    page = lines[next(number for number, line in enumerate(lines) if line.startswith(b"command ")) :]
    assert len(page) == 10
    assert max(len(line.decode()) for line in page) <= 60
    terminal.type(b"q")
    terminal.see(b"3>")
    terminal.type(CTRL_D)
    assert terminal.end() == 0


def test_user_of_the_command_line_is_asked_for_the_password(world: World, opened: OpenTerminal) -> None:
    world.settings.set({"console.password.2": "pumpernickel-17"}, "test")
    terminal = opened("--user", "2")
    terminal.see(b"Password:")
    terminal.type(b"pumpernickel-17" + ENTER)
    terminal.see(b"level 2, level 2.")
    terminal.see(b"2>")
    terminal.type(CTRL_D)
    assert terminal.end() == 0
    assert b"pumpernickel" not in terminal.seen
