"""`busmeister simulate`: a simulated building for any M-Bus master, on a pty or a TCP port.

What it prints is a script of the console's language: facts as comments, and a `meter add` line for each meter.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from appliance.clock import SystemClock
from appliance.errors import SettingError
from appliance.mbus.orders import BAUD_RATES
from drivers.simulated.blueprint import names
from drivers.simulated.building import Building, load
from drivers.simulated.bus import SimulatedBus
from drivers.simulated.captured import load_telegrams, order_for
from drivers.simulated.offer import Bell, Door, PtyDoor, TcpDoor, serve
from drivers.simulated.replay import load_recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--building", metavar="NAME|FILE", help=f"{', '.join(names())}, or a file that ends in .toml")
    what.add_argument("--telegrams", metavar="DIR", help="each .hex file of the folder becomes a meter")
    what.add_argument("--recording", metavar="FILE", help="the meters heard in a file of `bus record`")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--pty", action="store_true", help="offer it on a pseudo terminal")
    where.add_argument("--tcp", metavar="HOST:PORT", help="offer it on a TCP port, 0 for any free one")
    parser.add_argument("--link", metavar="PATH", help="a stable name for the pseudo terminal")
    parser.add_argument("--meters", type=int, metavar="N", help="so many meters")
    parser.add_argument("--baud", type=int, metavar="N", choices=sorted(BAUD_RATES.values()), help="rate of the bus")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="other numbers, habits and answer times")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[:METERS]", help="such as deaf:3 or echo")
    parser.add_argument("--fast", action="store_true", help="no wire times")


def run(arguments: argparse.Namespace) -> int:
    """Offer the building until SIGINT or SIGTERM."""
    building = _building(arguments)
    for fault in arguments.fault:
        building.give_by_name(fault)
    if arguments.baud is not None:
        building.baud_rate = arguments.baud
    bus = building.bus(SystemClock(), name="The simulated line", fast=arguments.fast)
    with _ended_by_signals() as bell:
        door = _door(arguments)
        try:
            _introduce(building, bus, door)
            serve(bus, door, bell)
        finally:
            door.close()
    _say(f"# {bus.requests} frames heard, {bus.answers} answers given.")
    return 0


def _building(arguments: argparse.Namespace) -> Building:
    if arguments.meters is not None and arguments.meters < 1:
        raise SettingError(f"A simulated building has at least one meter, not {arguments.meters}.")
    if arguments.building is not None:
        return load(arguments.building, meters=arguments.meters, seed=arguments.seed)
    if arguments.telegrams is not None:
        building, left_out = load_telegrams(arguments.telegrams, meters=arguments.meters, seed=arguments.seed)
        for one in left_out:
            sys.stderr.write(f"busmeister: {one.file} is left out: {one.reason}\n")
        return building
    return load_recording(arguments.recording, meters=arguments.meters, seed=arguments.seed)


def _door(arguments: argparse.Namespace) -> Door:
    if arguments.pty:
        return PtyDoor(arguments.link)
    if arguments.link is not None:
        raise SettingError("--link names a pseudo terminal: it goes with --pty.")
    host, separator, port = arguments.tcp.rpartition(":")
    if not separator or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise SettingError(
            f'--tcp takes HOST:PORT with a port from 0 to 65535, such as localhost:0, not "{arguments.tcp}".'
        )
    return TcpDoor(host.strip("[]"), int(port))


def _introduce(building: Building, bus: SimulatedBus, door: Door) -> None:
    parity = ", 8N1: a pty has no parity" if door.url.startswith("serial") else ""
    _say(f"# {building.title}: {len(building.meters)} meters at {bus.baud_rate} baud. Ends with ctrl-c.")
    _say(f"# Connect an M-Bus master to {door.url}{parity}")
    for meter in building.meters:
        _say(order_for(meter))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _ended_by_signals() -> Iterator[Bell]:
    """A bell that SIGINT and SIGTERM ring."""
    bell = Bell()

    def ring(number: int, frame: FrameType | None) -> None:
        del number, frame
        bell.ring()

    before = {number: signal.signal(number, ring) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield bell
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        bell.close()
