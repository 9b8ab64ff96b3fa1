"""An appliance as a process of its own, orders to it, and what the kernel tells of it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from console.local.client import LocalClient, NotRunning

ROOT: Final = Path(__file__).resolve().parents[1]
GLANCE: Final = 0.01  # seconds between two looks whether it answers


def start(data: Path, module: str = "appliance") -> subprocess.Popen[bytes]:
    """An appliance that answers on its local socket."""
    command = [sys.executable, "-m", module, "run", "--headless", "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            _connect(data).close()
        except NotRunning:
            time.sleep(GLANCE)
        else:
            return process
    raise RuntimeError(f"The appliance ended with {process.returncode}.")


def order(data: Path, commands: Sequence[str]) -> None:
    """Give orders at the console, as a script."""
    said: list[str] = []
    client = LocalClient.connect(data, said.append)
    try:
        done = client.run_script("".join(f"{command}\n" for command in commands))
    finally:
        client.close()
    if done.kind is not None:
        raise RuntimeError("\n".join(said[-3:]))


def end(process: subprocess.Popen[bytes]) -> None:
    """A clean end."""
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def resident(pid: int) -> float:
    """Memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("The kernel does not tell the process's memory.")


def processor_seconds(pid: int) -> float:
    """Processor time that the threads a process has now took until now."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(one.read_text(encoding="ascii").split()[0]) for one in threads) / 1e9


def _connect(data: Path) -> LocalClient:
    return LocalClient.connect(data, lambda line: None)
