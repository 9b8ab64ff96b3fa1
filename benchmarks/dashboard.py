"""Dashboards as their users meet them: time to the first picture, memory of a session, and what four cost the bus.

An appliance in a process of its own reads 250 meters over a serial line without a pause; the building, in another
process, answers on a pty. One person looks from the machine itself, then four come over SSH, each to another screen,
and type.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncssh

from appliance.local_socket import DASHBOARD, find_socket
from benchmarks.memory import METERS, furniture
from benchmarks.process import end, free_port, order, processor_seconds, resident, start
from benchmarks.registry import Row
from benchmarks.rounds import offer
from benchmarks.watched import FILE, delays
from tui.attach_frames import KEYS, frame, hello

PAINT_TARGET: Final = 0.3  # seconds
MEMORY_TARGET: Final = 15.0  # MB
DELAY_TARGET: Final = 10.0  # ms
BAUD_RATE: Final = 9600
SECONDS: Final = 60.0
SETTLING: Final = 5.0
PAUSE: Final = 0.4  # seconds between two strokes of one person
COLUMNS, ROWS = 140, 45
PASSWORD: Final = "pumpernickel-17"
SIGNS: Final = (f"{METERS} meters are fine", "help")  # of the first line of the body and of the last of the picture
ESCAPES: Final = re.compile(r"\x1b\[[0-9;?>]*[A-Za-z]")
DOWN: Final = "\x1b[B"
PEOPLE: Final = (("1", "\t"), ("2", DOWN), ("3", DOWN), ("4", DOWN))  # the screen's key, what is typed on it
Read = Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What an appliance that people look at shows of itself."""

    attached: float  # seconds to the first picture
    shown: Sequence[float]  # the same of each session over SSH
    drawing: Sequence[float]  # processor seconds of the appliance until then
    memory: float  # MB of a session
    alone: Sequence[float]  # seconds a worker was late, with no session open
    watched: Sequence[float]  # the same with four in use
    busy: float  # percent of a core with four in use


def run() -> Iterator[Row]:
    """All figures of the dashboard."""
    seen = measured()
    attached, slowest = seen.attached, max(seen.shown)
    yield Row("first picture since the start, attach", attached, "s", f"< {PAINT_TARGET:g} s", attached < PAINT_TARGET)
    yield Row("first picture over SSH, slowest of four", slowest, "s", f"< {PAINT_TARGET:g} s", slowest < PAINT_TARGET)
    yield Row("processor time of a first picture", statistics.median(seen.drawing), "s")
    yield Row(
        "memory of a dashboard, four open", seen.memory, "MB", f"<= {MEMORY_TARGET:g} MB", seen.memory <= MEMORY_TARGET
    )
    late = percentile(seen.watched)
    yield Row("delay of the bus worker, no session, p99", percentile(seen.alone), "ms")
    yield Row("the same with four in use", late, "ms", f"< {DELAY_TARGET:g} ms", late < DELAY_TARGET)
    yield Row("longest delay with four in use", max(seen.watched) * 1000, "ms")
    yield Row("processor with four in use", seen.busy, "% of a core")


def measured() -> Seen:
    """Furnish an appliance, start it anew, look at it."""
    with tempfile.TemporaryDirectory() as folder:
        data, bus, log = Path(folder) / "data", Path(folder) / "bus", Path(folder) / "delays"
        port = free_port()
        os.environ[FILE] = str(log)
        with offer(bus, METERS, BAUD_RATE):
            process = start(data, "benchmarks.watched")
            order(data, _orders(bus, port))
            end(process)
            process = start(data, "benchmarks.watched")
            try:
                return asyncio.run(_look(process.pid, data, port, log))
            finally:
                end(process)


def percentile(late: Sequence[float]) -> float:
    """The 99th, in milliseconds."""
    return statistics.quantiles(late, n=100)[-1] * 1000


def _orders(bus: Path, port: int) -> list[str]:
    return [
        *furniture(f"serial://{bus}"),
        f"set segment.main.baud_rate={BAUD_RATE}",
        "set readout.continuous.enabled=true",
        f"set ssh.port={port}",
        f"set console.password.3={PASSWORD}",
        f"user add somebody {PASSWORD}",
    ]


async def _look(pid: int, data: Path, port: int, log: Path) -> Seen:
    await asyncio.sleep(SETTLING)
    empty = resident(pid)
    alone = await _window(log, SECONDS)
    attached = await _attach(data)
    async with AsyncExitStack() as stack:
        people = [await Person.arrive(stack, port, pid) for _ in PEOPLE]
        typing = [asyncio.create_task(person.use(*keys)) for person, keys in zip(people, PEOPLE, strict=True)]
        await asyncio.sleep(SETTLING)
        used = processor_seconds(pid)
        watched = await _window(log, SECONDS)
        busy = (processor_seconds(pid) - used) / SECONDS * 100
        memory = (resident(pid) - empty) / len(people)
        for task in typing:
            task.cancel()
    shown, drawing = [person.waited for person in people], [person.drawing for person in people]
    return Seen(attached, shown, drawing, memory, alone, watched, busy)


async def _window(log: Path, seconds: float) -> list[float]:
    """How late the worker was in the next seconds."""
    begun = time.monotonic()
    await asyncio.sleep(seconds)
    return [late for moment, late in delays(log) if begun <= moment < begun + seconds]


async def _attach(data: Path) -> float:
    """Seconds from connecting to the local socket to the first picture."""
    begun = time.monotonic()
    reader, writer = await asyncio.open_unix_connection(find_socket(data, DASHBOARD))
    writer.write(hello({"term": "xterm-256color", "columns": COLUMNS, "rows": ROWS}))
    await _picture(lambda: reader.read(65536))
    waited = time.monotonic() - begun
    writer.write(frame(KEYS, b"q"))
    await reader.read()
    writer.close()
    return waited


async def _picture(read: Read) -> None:
    """Read until a whole picture was there."""
    text = ""
    while not all(sign in text for sign in SIGNS):
        octets = await read()
        if not octets:
            raise RuntimeError("The dashboard ended before its first picture.")
        text += ESCAPES.sub("", octets.decode(errors="replace"))


@dataclass
class Person:
    """Somebody at a terminal far away."""

    process: asyncssh.SSHClientProcess[bytes]
    waited: float  # seconds from asking for a shell to the first picture
    drawing: float

    @classmethod
    async def arrive(cls, stack: AsyncExitStack, port: int, pid: int) -> Person:
        """Log in and wait for the first picture."""
        connection = await stack.enter_async_context(
            asyncssh.connect(
                "127.0.0.1", port, username="3", password=PASSWORD, known_hosts=None, client_keys=None, config=None
            )
        )
        begun, used = time.monotonic(), processor_seconds(pid)
        process = await stack.enter_async_context(
            connection.create_process(term_type="xterm-256color", term_size=(COLUMNS, ROWS), encoding=None)
        )
        await _picture(lambda: process.stdout.read(65536))
        return cls(process, time.monotonic() - begun, processor_seconds(pid) - used)

    async def use(self, screen: str, keys: str) -> None:
        """Go to a screen and type there, until cancelled."""
        reading = asyncio.create_task(self._read())
        try:
            self.process.stdin.write(screen.encode())
            while True:
                await asyncio.sleep(PAUSE)
                self.process.stdin.write(keys.encode())
        finally:
            reading.cancel()

    async def _read(self) -> None:
        while await self.process.stdout.read(65536):
            pass
