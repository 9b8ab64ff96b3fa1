"""A terminal as a person has it: a pane of tmux, what is typed in it and what it shows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.conftest import need_program

PATIENCE: Final = 60.0  # seconds until something that should be seen is given up
GLANCE: Final = 0.1


class Pane:
    """The only pane of a tmux server of its own."""

    def __init__(self, server: Path, command: Sequence[str], columns: int, rows: int) -> None:
        self._tmux = [need_program("tmux"), "-S", str(server), "-f", "/dev/null", "-u"]
        size = ["-x", str(columns), "-y", str(rows)]
        self._order("new-session", "-d", *size, *command, ";", "set-option", "remain-on-exit", "on")

    def shows(self) -> str:
        """What is seen now."""
        return self._order("capture-pane", "-p")

    def said(self) -> str:
        """The same, and what went out at the top before: tmux itself writes a line when a program has ended."""
        return self._order("capture-pane", "-p", "-S", "-")

    def see(self, pattern: str) -> re.Match[str]:
        """Wait until the picture has it."""
        until = time.monotonic() + PATIENCE
        while (found := re.search(pattern, picture := self.shows())) is None:
            assert time.monotonic() < until, f"no {pattern!r} in\n{picture}"
            threading.Event().wait(GLANCE)
        return found

    def see_end(self) -> None:
        """Wait until the program in it has ended."""
        until = time.monotonic() + PATIENCE
        while self._order("display-message", "-p", "#{pane_dead}").strip() != "1":
            assert time.monotonic() < until, f"it goes on:\n{self.shows()}"
            threading.Event().wait(GLANCE)

    def type(self, text: str, *keys: str) -> None:
        """A text, then keys by their names."""
        if text:
            self._order("send-keys", "-l", text)
        if keys:
            self._order("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Pull at the corner of the window."""
        self._order("resize-window", "-x", str(columns), "-y", str(rows))

    def kill(self) -> None:
        """The program in it dies at once, and says good-bye to nobody."""
        os.kill(int(self._order("display-message", "-p", "#{pane_pid}")), signal.SIGKILL)

    def close(self) -> None:
        """End the server."""
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False)

    def _order(self, *words: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name != "TMUX"}
        done = subprocess.run(
            [*self._tmux, *words],
            env=environment | {"LANG": "C.UTF-8", "TERM": "xterm-256color"},
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        return done.stdout


@contextmanager
def pane(folder: Path, name: str, command: Sequence[str], columns: int = 140, rows: int = 45) -> Iterator[Pane]:
    """A command in a terminal of its own."""
    one = Pane(folder / name, command, columns, rows)
    try:
        yield one
    finally:
        one.close()
