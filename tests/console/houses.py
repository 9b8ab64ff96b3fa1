"""An appliance on a simulated building, as a process of its own, with its doors on free ports."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import need_program
from tests.running.programs import Program, console, running

PATIENCE = 60
PASSWORD = "correct horse 9"


@dataclass
class Running:
    """A running appliance, its telnet console on `port`."""

    program: Program
    data: Path
    port: int

    @property
    def code(self) -> str:
        """Of the set-up."""
        line = next(line for line in self.program.lines if "Set-up code: " in line)
        return line.split("Set-up code: ")[1].split()[0]

    def order(self, *commands: str) -> str:
        """Commands at the local console; its answers."""
        done = console(self.data, *commands)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def setting(self, name: str) -> str:
        """The value of a setting."""
        value: str = json.loads(self.order(f"show settings {name} json").splitlines()[0])[0]["value"]
        return value

    def expect(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script of expect; it finds PORT, CODE and SECRET in its environment."""
        environment = os.environ | {
            "PORT": str(self.port), "CODE": self.code, "SECRET": PASSWORD, "TERM": "xterm", "LANG": "C.UTF-8",
        } | variables  # fmt: skip
        file = self.data.parent / "script.exp"
        file.write_text(script, encoding="utf-8")
        return subprocess.run(
            [need_program("expect"), "-f", str(file)], stdin=subprocess.DEVNULL, env=environment, capture_output=True,
            text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip

    def pipe(self, *words: str, typed: str) -> str:
        """What nc gets for what it is given."""
        words = (need_program("nc"), *words, "127.0.0.1", str(self.port))
        done = subprocess.run(words, input=typed.encode(), capture_output=True, check=True, timeout=PATIENCE)
        return done.stdout.decode(errors="replace").replace("\r\n", "\n")

    def resident(self) -> int:
        """Memory of the process, in kB."""
        status = Path(f"/proc/{self.program.process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


@contextmanager
def appliance_in(folder: Path) -> Iterator[Running]:
    """Run one, with its data in a new folder there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = folder / "data"
    with running("run", "--demo", "--headless", "--data", data, sign="segment main") as program:
        appliance = Running(program, data, port)
        appliance.order(f"set console.port={port}")
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), PATIENCE).close()
                break
            except ConnectionRefusedError:
                threading.Event().wait(0.05)
        yield appliance
