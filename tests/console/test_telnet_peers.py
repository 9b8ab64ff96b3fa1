"""The telnet console as other programs meet it: telnet under expect, nc, and four hundred silent connections."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import need_program
from tests.running.programs import Program, console, running

PATIENCE = 60
PASSWORD = "correct horse 9"

SEE = r"""
set timeout 20
proc see {pattern} {
  expect {
    -re $pattern {}
    timeout { puts "\nno $pattern came"; exit 1 }
    eof { puts "\nended before $pattern"; exit 1 }
  }
}
proc say {line} { send -- "$line\r" }
"""

FIRST_START = (
    SEE
    + r"""
spawn telnet 127.0.0.1 $env(PORT)
see {Not set up yet}
see {0>}
say "setup $env(CODE)"
see {New password}
say $env(SECRET)
see {Again}
say $env(SECRET)
see {3>}
say "set identity.name=boiler-room"
see {boiler-room.*3>}
send "meter li\t"
see {st}
say ""
see {more: space}
send "q"
see {3>}
say "quit"
expect eof
"""
)

LOGIN_AND_READ = (
    SEE
    + r"""
spawn telnet 127.0.0.1 $env(PORT)
see {0>}
say "login admin"
see {Password}
say "wrong password"
see {ERROR}
see {0>}
say "login admin"
see {Password}
say $env(SECRET)
see {3>}
say "bus watch"
see {REQ_UD2}
stty rows 40 columns 120 < $spawn_out(slave,name)
send "\003"
see {3>}
say "meter read id=1"
see {Wh}
see {3>}
say "bus watch"
see {REQ_UD2}
close
wait
spawn telnet 127.0.0.1 $env(PORT)
see {0>}
send "\004"
expect eof
"""
)


@dataclass
class Running:
    """An appliance on a simulated building, with its console on a free port."""

    program: Program
    data: Path
    port: int

    @property
    def code(self) -> str:
        line = next(line for line in self.program.lines if "Set-up code: " in line)
        return line.split("Set-up code: ")[1].split()[0]

    def expect(self, script: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "PORT": str(self.port), "CODE": self.code, "SECRET": PASSWORD, "TERM": "xterm", "LANG": "C.UTF-8",
        }  # fmt: skip
        file = self.data.parent / "script.exp"
        file.write_text(script, encoding="utf-8")
        return subprocess.run(
            [need_program("expect"), "-f", str(file)], stdin=subprocess.DEVNULL, env=environment, capture_output=True,
            text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip

    def pipe(self, *words: str, typed: str) -> str:
        words = (need_program("nc"), *words, "127.0.0.1", str(self.port))
        done = subprocess.run(words, input=typed.encode(), capture_output=True, check=True, timeout=PATIENCE)
        return done.stdout.decode(errors="replace").replace("\r\n", "\n")

    def connect(self, source: str) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE, (source, 0))


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = tmp_path / "data"
    with running("run", "--demo", "--headless", "--data", data, sign="segment main") as program:
        assert console(data, f"set console.port={port}").returncode == 0
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), PATIENCE).close()
                break
            except ConnectionRefusedError:
                threading.Event().wait(0.05)
        yield Running(program, data, port)


@pytest.mark.peer
def test_telnet_under_expect_from_the_first_start_to_a_broken_connection(appliance: Running) -> None:
    need_program("telnet")
    for script in (FIRST_START, LOGIN_AND_READ):
        done = appliance.expect(script)
        assert done.returncode == 0, done.stdout


@pytest.mark.peer
@pytest.mark.parametrize("words", [("-N",), ("-N", "-t")], ids=["pipe", "telnet negotiation refused"])
def test_nc_runs_a_script(appliance: Running, words: tuple[str, ...]) -> None:
    assert console(appliance.data, "set console.password.2=pumpernickel-17").returncode == 0
    typed = "show version\nlogin 2 password=pumpernickel-17\nmeter list count=2 csv\nnonsense\nquit\n"
    answer = appliance.pipe(*words, typed=typed)
    assert "busmeister 0.1.0\nOK\n" in answer
    assert "type,address,name" in answer
    assert "ERROR Unknown command" in answer
    assert answer.endswith("OK\n")


@pytest.mark.soak
def test_four_hundred_silent_connections_cost_no_slot_and_little_memory(appliance: Running) -> None:
    before = resident(appliance.program.process.pid)
    sources = [f"127.0.{1 + number // 200}.{1 + number % 200}" for number in range(400)]
    with contextlib.ExitStack() as silent:
        for source in sources:
            silent.enter_context(appliance.connect(source))
        appliance.program.wait_for(" ok", count=60)  # a whole round goes on
        assert resident(appliance.program.process.pid) - before < 30_000
        gaps = console(appliance.data, "show gaps csv").stdout.splitlines()[1:-1]
        assert [gap for gap in gaps if "appliance was off" not in gap] == []  # the slot it was started in may be short
        assert "busmeister" in appliance.pipe("-N", typed="show version\n")


def resident(process: int) -> int:
    """Memory of a process, in kB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
