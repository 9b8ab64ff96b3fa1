"""The appliance as a process: memory with 250 meters and no session, processor when idle, time to the first answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.registry import Row

METERS: Final = 250
MEMORY_TARGET: Final = 90.0  # MB, with bus, store, console and SSH
PROMPT_TARGET: Final = 1.5  # seconds at the second start
IDLE_TARGET: Final = 1.0  # percent of a core
SETTLING: Final = 40.0  # seconds until what was read is written (30 s at most) and the configuration is copied
IDLE_SECONDS: Final = 20.0
ROOT: Final = Path(__file__).resolve().parents[1]
TICKS: Final = os.sysconf("SC_CLK_TCK")


def run() -> list[Row]:
    """One process, started twice: furnished at the first start, measured at the second."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        process = start(data)
        furnish(data)
        end(process)
        began = time.monotonic()
        process = start(data)
        prompt = time.monotonic() - began
        try:
            wait_for_round(data)
            time.sleep(SETTLING)
            memory = resident(process.pid)
            idle = busy_share(process.pid)
        finally:
            end(process)
    return [
        Row(
            f"memory with {METERS} meters, no session",
            memory,
            "MB",
            f"<= {MEMORY_TARGET:g} MB",
            memory <= MEMORY_TARGET,
        ),
        Row("first answer at the second start", prompt, "s", f"<= {PROMPT_TARGET:g} s", prompt <= PROMPT_TARGET),
        Row("processor when idle", idle, "% of a core", f"<= {IDLE_TARGET:g} %", idle <= IDLE_TARGET),
    ]


def start(data: Path) -> subprocess.Popen[bytes]:
    """An appliance that answers on its local socket."""
    command = [sys.executable, "-m", "appliance", "run", "--headless", "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        if (data / "run" / "busmeister.sock").exists() and order(data, "show version").returncode == 0:
            return process
        time.sleep(0.02)
    raise RuntimeError(f"The appliance ended with {process.returncode}.")


def order(data: Path, *commands: str) -> subprocess.CompletedProcess[str]:
    """Commands at the console."""
    words = [word for one in commands for word in ("-c", one)]
    command = [sys.executable, "-m", "appliance", "console", "--data", str(data), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def furnish(data: Path) -> None:
    """A simulated segment with many meters, added as a person would."""
    from drivers.simulated.building import load

    url = f"simulated://apartment-block?meters={METERS}&fast=on"
    lines = [f'segment add main "{url}"', "set readout.schedule=6h"]
    lines += [
        f'meter add secondary={meter.instrument.secondary_address} name="{meter.name}" read=false'
        for meter in load("apartment-block", meters=METERS).meters
    ]
    file = data / "furnish.cad"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "appliance", "console", "--data", str(data), str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout[-500:] + done.stderr)


def wait_for_round(data: Path) -> None:
    """Read every meter once, so that all layouts are learnt and nothing is left to do."""
    order(data, "readout now")


def resident(pid: int) -> float:
    """Memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("The kernel does not tell the process's memory.")


def busy_share(pid: int) -> float:
    """Percent of a core that a process takes for some time."""

    def ticks() -> int:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(words[11]) + int(words[12])

    before = ticks()
    time.sleep(IDLE_SECONDS)
    return (ticks() - before) / TICKS / IDLE_SECONDS * 100


def end(process: subprocess.Popen[bytes]) -> None:
    """A clean end."""
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
