"""`busmeister run`: the appliance itself."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import threading
from pathlib import Path
from types import FrameType

from appliance.appliance import Appliance, Options
from appliance.commands.headless import SHOWN, Reporter
from appliance.data_folder import default_data_folder
from appliance.demo import furnish


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
    """Run until SIGTERM or ctrl-c; 0 after a clean end."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    appliance = Appliance.open(Options(data=arguments.data, database=arguments.database))
    try:
        if arguments.demo:
            furnish(appliance)
        printer = start_printing(appliance)
        for line in appliance.greeting():
            say(line)
        appliance.run(stop)
    finally:
        appliance.close()
    printer.join(timeout=5)
    say("Stopped; everything that was read is stored.")
    return 0


def start_printing(appliance: Appliance) -> threading.Thread:
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
    return thread


def say(line: str) -> None:
    """One line on standard output, at once; whoever read it may be gone."""
    with contextlib.suppress(BrokenPipeError, ValueError):
        print(line, flush=True)
