"""`busmeister doctor`: looks at what most often keeps an appliance from working, and says what to do."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from appliance.checks.clock import check_clock, is_synchronised
from appliance.checks.finding import Finding, Level, ok
from appliance.checks.folder import check_files, check_folder, running
from appliance.checks.program import check_program, check_terminal
from appliance.checks.serial import check_serial_ports
from appliance.clock import SystemClock
from appliance.commands.answering import check_appliance
from appliance.log import escaped
from appliance.security.setup_code import read_code
from drivers import serial_ports


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--data", type=Path, metavar="DIR", help="the data folder to look at")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Look, tell, and answer 1 where anything will not work."""
    findings = list(examine(arguments.data or default_folder()))
    for line in json_lines(findings) if arguments.json else text_lines(findings):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
    return int(any(finding.level is Level.ERROR for finding in findings))


def default_folder() -> Path | None:
    """The folder `busmeister run` takes without an option; unknown where the store's libraries are missing."""
    try:
        from appliance.data_folder import default_data_folder
    except ImportError:  # told by the check of the libraries
        return None
    return default_data_folder()


def examine(data: Path | None) -> Iterator[Finding]:
    """Everything the doctor looks at, from the ground up."""
    yield from check_program()
    yield check_terminal(sys.stdout, os.environ)
    yield from check_clock(SystemClock(), is_synchronised(), os.environ)
    if data is not None:
        yield from examine_folder(data)
    yield from check_serial_ports(serial_ports, running(data) if data else None)


def examine_folder(data: Path) -> Iterator[Finding]:
    """The folder, the appliance that runs on it, the files in it."""
    yield from check_folder(data)
    if not data.is_dir():
        return
    process = running(data)
    yield check_appliance(data, process)
    if code := read_code(data):
        yield ok("set-up code", f"{code}: log in on the console and type  setup {code}")
    yield from check_files(data, process)


def text_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """A line each, in columns."""
    findings = list(findings)
    subjects = max(len(finding.subject) for finding in findings)
    for finding in findings:
        remedy = f"  -> {finding.remedy}." if finding.remedy else ""
        yield escaped(f"{finding.level:<7}  {finding.subject:<{subjects}}  {finding.sentence}{remedy}")


def json_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """A JSON object each."""
    for finding in findings:
        yield json.dumps(asdict(finding), ensure_ascii=False)
