"""Commands of `busmeister` as processes of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 110  # seconds after which a process that should have ended is given up


def command(*words: str | Path) -> list[str]:
    """The command line of one command."""
    return [sys.executable, "-m", "appliance", *map(str, words)]


@contextlib.contextmanager
def running(*words: str | Path, sign: str) -> Iterator[Program]:
    """A program that has said `sign`; it is asked to end at the end of the block."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command(*words), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    program = Program(process)
    try:
        program.wait_for(sign)
        yield program
    finally:
        program.end()


class Program:
    """A process whose lines are read as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []

    def wait_for(self, sign: str, count: int = 1) -> str:
        """Read lines until `count` more of them contain `sign`; the last such line."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            count -= sign in line
            if count == 0:
                return self.lines[-1]
        errors = self.process.stderr.read() if self.process.stderr else ""
        raise AssertionError(f'It ended without saying "{sign}":\n' + "\n".join([*self.lines, errors]))

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, read what it says last; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
            rest, _ = self.process.communicate(timeout=PATIENCE)
            self.lines += rest.splitlines()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        return self.process.returncode


def console(data: Path, *commands: str) -> subprocess.CompletedProcess[str]:
    """Commands given to the running appliance."""
    words: Sequence[str] = [word for one in commands for word in ("-c", one)]
    return subprocess.run(
        command("console", "--data", data, *words),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def script(data: Path, file: Path) -> subprocess.CompletedProcess[str]:
    """A file of commands given to the running appliance."""
    return subprocess.run(
        command("console", "--data", data, file),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
