"""The appliance as a process: memory with 250 meters and no session, processor when idle, time to the first prompt."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.process import end, free_port, order, processor_seconds, resident, start
from benchmarks.registry import Row
from drivers.simulated.building import load

METERS: Final = 250
MEMORY_TARGET: Final = 90.0  # MB, with bus, store, console and SSH
PROMPT_TARGET: Final = 1.5  # seconds at the second start
IDLE_TARGET: Final = 1.0  # percent of a core
SETTLING: Final = 40.0  # seconds until what was read is written (30 s at most) and the configuration is copied
IDLE_SECONDS: Final = 20.0
BUILDING: Final = "apartment-block"


def run() -> Iterator[Row]:
    """One process, started twice: furnished at the first start, measured at the second."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        process = start(data)
        order(data, [*furniture(f"simulated://{BUILDING}?meters={METERS}&fast=on"), "set readout.schedule=6h"])
        end(process)
        began = time.monotonic()
        process = start(data)
        prompt, used = time.monotonic() - began, processor_seconds(process.pid)
        try:
            order(data, ["readout now"])  # so that all layouts are learnt and nothing is left to do
            time.sleep(SETTLING)
            memory, idle = resident(process.pid), idle_share(process.pid)
        finally:
            end(process)
    name = f"memory with {METERS} meters, no session"
    yield Row(name, memory, "MB", f"<= {MEMORY_TARGET:g} MB", memory <= MEMORY_TARGET)
    yield Row("first prompt at the second start", prompt, "s", f"<= {PROMPT_TARGET:g} s", prompt <= PROMPT_TARGET)
    yield Row("processor time until then", used, "s")
    yield Row("processor when idle", idle, "% of a core", f"<= {IDLE_TARGET:g} %", idle <= IDLE_TARGET)


def furniture(url: str, segment: str = "main") -> list[str]:
    """Orders that hang many meters on a segment and open the console and SSH on ports that are free."""
    addresses = [meter.instrument.secondary_address for meter in load(BUILDING, meters=METERS).meters]
    meters = [f'meter add secondary={one} name="meter {number}" read=false' for number, one in enumerate(addresses)]
    return [
        f"set console.port={free_port()}",
        f"set ssh.port={free_port()}",
        f'segment add {segment} "{url}"',
        *meters,
    ]


def idle_share(pid: int) -> float:
    """Percent of a core that a process takes for some time."""
    before = processor_seconds(pid)
    time.sleep(IDLE_SECONDS)
    return (processor_seconds(pid) - before) / IDLE_SECONDS * 100
