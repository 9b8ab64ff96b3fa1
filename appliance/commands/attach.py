"""`busmeister attach`: the dashboard of the running appliance in this terminal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from appliance.data_folder import default_data_folder
from tui.attach_client import attach, connect

NO_TERMINAL: Final = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `busmeister attach`."""
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of the appliance")


def run(arguments: argparse.Namespace) -> int:
    """Until the person leaves or the appliance ends; ctrl-\\ twice lets go."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("busmeister: attach needs a terminal; busmeister console answers scripts.", file=sys.stderr)
        return NO_TERMINAL
    with connect(arguments.data or default_data_folder()) as connection:
        attach(connection)
    return 0
