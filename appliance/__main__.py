"""The command line `busmeister`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final

from appliance.errors import BusmeisterError

COMMANDS: Final = {
    "run": "start the appliance",
    "attach": "the dashboard in this terminal, of the appliance that runs",
    "console": "the console in this terminal, or commands from arguments, a file or standard input",
    "decode": "telegrams in, records out, one JSON object a line",
    "simulate": "offer a simulated building on a pty or a TCP port to any M-Bus master",
    "doctor": "check ports, permissions, clock, disk and versions, and say what to do",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. An error of ours is one sentence on standard error and exit code 1."""
    parser = argparse.ArgumentParser(prog="busmeister", description="An open M-Bus metering appliance.")
    words = list(sys.argv[1:] if arguments is None else arguments)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name in words[:1]:  # only the command asked for is imported: `decode` starts without a database
            command = importlib.import_module(f"appliance.commands.{name}")
            command.add_arguments(subparser)
            subparser.set_defaults(run=command.run)
    if not words:
        parser.print_help(sys.stderr)
        return 2
    chosen = parser.parse_args(words)
    try:
        code: int = chosen.run(chosen)
    except BusmeisterError as error:
        print(f"busmeister: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more at its end
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())
