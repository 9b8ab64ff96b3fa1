"""`busmeister run`: the appliance itself."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

from appliance.appliance import Appliance, Options
from appliance.commands.endings import obey
from appliance.commands.headless import SHOWN, Reporter
from appliance.data_folder import default_data_folder
from appliance.hub import Following
from appliance.lifecycle import Lifecycle
from tui.attach_client import NotAttached, attach, connect

START_PATIENCE: Final = 30.0  # seconds for the services to start
GLANCE: Final = 0.1
FIRST_PAUSE: Final = 1.0  # seconds until a dashboard that ended by itself is opened again
LONGEST_PAUSE: Final = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `run`."""
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="data folder (default: %(default)s)", default=default_data_folder()
    )
    parser.add_argument(
        "--demo", action="store_true", help="add a simulated building, so that there is something to see"
    )
    parser.add_argument(
        "--headless", action="store_true", help="print a line per reading instead of opening the dashboard"
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help="postgresql://... instead of a file in the data folder",
        default=os.environ.get("BUSMEISTER_DATABASE"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM, ctrl-c or `q` in the dashboard; 0 after a clean end, 1 where readings got lost in it."""
    lifecycle = Lifecycle()
    stop = lifecycle.stop

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    in_dashboard = not arguments.headless and sys.stdin.isatty() and sys.stdout.isatty()
    appliance = Appliance.open(Options(data=arguments.data, database=arguments.database, quiet=in_dashboard), lifecycle)
    try:
        remarks = furnished(appliance) if arguments.demo else []
        if in_dashboard:
            run_in_dashboard(appliance, stop)
        else:
            run_headless(appliance, stop, remarks)
    finally:
        lost = appliance.close()
    say(last_words(lost))
    return obey(lifecycle.ending, arguments.data, say) or int(bool(lost))


def last_words(lost: int) -> str:
    """How it ended for what was read."""
    if not lost:
        return "Stopped; everything that was read is stored."
    readings = "reading" if lost == 1 else "readings"
    return f"Stopped; the newest {lost} {readings} could not be stored and got lost: see what the disk says (doctor)."


def furnished(appliance: Appliance) -> Sequence[str]:
    """What was done for the demo; only that loads the simulated building."""
    from appliance.demo import furnish

    return furnish(appliance)


def run_headless(appliance: Appliance, stop: threading.Event, remarks: Sequence[str]) -> None:
    """Print a line per reading."""
    printer, following = start_printing(appliance)
    appliance.listen()  # who reads where to connect may do so at once
    for line in (*appliance.greeting(), *remarks):
        say(line)
    appliance.run(stop)
    following.close()
    printer.join(timeout=5)


def run_in_dashboard(appliance: Appliance, stop: threading.Event) -> None:
    """Show the dashboard on this terminal, as `attach` does; leaving it stops the appliance."""
    services = threading.Thread(target=appliance.run, args=(stop,), name="services")
    services.start()
    try:
        keep_attached(appliance.options.data, stop)
    finally:
        stop.set()
        services.join()


def keep_attached(data: Path, stop: threading.Event) -> None:
    """Until its person leaves; a dashboard that ended by itself is opened again, each time a little later."""
    pause = FIRST_PAUSE
    while (connection := connect_soon(data, stop)) is not None:
        with connection:
            if attach(connection, stops_appliance=True):
                return
        if not stop.is_set():
            say(f"The dashboard is opened again in {pause:.0f} s; ctrl-c stops the appliance.")
            stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def connect_soon(data: Path, stop: threading.Event) -> socket.socket | None:
    """The dashboard's socket, which is there once the services have started; none where the appliance ends before."""
    for _ in range(int(START_PATIENCE / GLANCE)):
        if stop.is_set():
            return None
        try:
            return connect(data)
        except NotAttached:
            stop.wait(GLANCE)
    return connect(data)


def start_printing(appliance: Appliance) -> tuple[threading.Thread, Following[Any]]:
    """Print what happens, from a thread of its own: a slow terminal holds nobody up."""
    following = appliance.hub.follow(*SHOWN)
    settings = appliance.settings
    reporter = Reporter(
        appliance.store.meters.find,
        appliance.layouts.decode,
        zone=lambda: settings.time.zone.info,
        units=lambda: settings.localization.units,
    )

    def work() -> None:
        for line in reporter.follow(following):
            say(line)

    thread = threading.Thread(target=work, name="printer", daemon=True)
    thread.start()
    return thread, following


def say(line: str) -> None:
    """One line on standard output, at once and in one piece; whoever read it may be gone."""
    with contextlib.suppress(BrokenPipeError, ValueError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
