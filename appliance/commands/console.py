"""`busmeister console`: the console in this terminal, or commands from arguments, a file or standard input."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from getpass import GetPassWarning, getpass
from pathlib import Path
from typing import Final

from appliance.data_folder import default_data_folder
from appliance.errors import BusmeisterError, Kind
from console.local.client import Done, LocalClient, NotRunning
from tui.attach_client import NotAttached, attach, connect
from tui.attach_frames import CONSOLE

OK, FAILED, USAGE, NOT_RUNNING, LOGIN_REFUSED, LEVEL_TOO_LOW, BROKEN_OFF = 0, 1, 2, 3, 4, 5, 130
CODES: Final = {Kind.LEVEL: LEVEL_TOO_LOW, Kind.LOGIN: LOGIN_REFUSED, Kind.CANCELLED: BROKEN_OFF}
PASSWORD_FILE: Final = "BUSMEISTER_PASSWORD_FILE"
POOR_TERMINALS: Final = ("", "dumb")


class Unreadable(BusmeisterError):
    """A file that was named cannot be read, or nobody is there to type a password."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `busmeister console`."""
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of the appliance")
    parser.add_argument("--user", metavar="NAME", help=f"log in as NAME; password asked for, or in ${PASSWORD_FILE}")
    parser.add_argument("-c", dest="commands", action="append", metavar="COMMAND", help="a command; may be repeated")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a file of commands")


def run(arguments: argparse.Namespace) -> int:
    """Do it; exit code as in operations.md §14.9."""
    if arguments.commands and arguments.file:
        return _say("give either -c COMMAND or a FILE, not both.", USAGE)
    data = arguments.data or default_data_folder()
    try:
        if not (arguments.commands or arguments.file) and _is_terminal():
            return _in_this_terminal(data, arguments.user)
        return _scripted(data, arguments)
    except Unreadable as error:
        return _say(str(error), USAGE)
    except (NotRunning, NotAttached) as error:
        return _say(str(error), NOT_RUNNING)


def _say(sentence: str, code: int) -> int:
    print(f"busmeister: {sentence}", file=sys.stderr)
    return code


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in POOR_TERMINALS


def _in_this_terminal(data: Path, user: str | None) -> int:
    """A person: the appliance has the line editor, this side carries keys and picture."""
    with connect(data) as connection:
        attach(connection, view=CONSOLE, typed=f"login {user}\r" if user else "")
    return OK


def _scripted(data: Path, arguments: argparse.Namespace) -> int:
    script = _text(arguments.file, "utf-8-sig") if arguments.file else None
    password = _password() if arguments.user else ""
    client = LocalClient.connect(data, lambda line: print(line, flush=True))
    try:
        if arguments.user:
            done = client.log_in(arguments.user, password)
            if done.kind is not None:
                return _code(client, done)
        if script is None:
            return _all(client, arguments.commands or sys.stdin)
        with _breaking_off(client):
            done = client.run_script(script)
        return _code(client, done)
    finally:
        client.close()


def _all(client: LocalClient, lines: Iterable[str]) -> int:
    """One after the other; the first error ends it, and so does ctrl-c."""
    for line in lines:
        with _breaking_off(client):
            done = client.run(line.rstrip("\r\n"))
        if done.kind is not None or done.leave or client.broken_off:
            return _code(client, done)
    return OK


@contextmanager
def _breaking_off(client: LocalClient) -> Iterator[None]:
    """Ctrl-c breaks off what the appliance does for us, and never leaves half an answer behind."""
    before = signal.signal(signal.SIGINT, lambda *_: client.interrupt())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _code(client: LocalClient, done: Done) -> int:
    if client.broken_off:
        return BROKEN_OFF
    if done.kind is None:
        return OK
    return CODES.get(Kind(done.kind), FAILED)


def _password() -> str:
    """From the file named in the environment, else from the person at the terminal; never from an argument."""
    if path := os.environ.get(PASSWORD_FILE):
        return _text(Path(path), "utf-8").partition("\n")[0].rstrip("\r")
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)  # it would take the first command for the password, and show it
        try:
            return getpass()
        except (GetPassWarning, EOFError):
            raise Unreadable(f"no terminal to ask for the password: name a file with it in {PASSWORD_FILE}.") from None


def _text(path: Path, encoding: str) -> str:
    try:
        return path.read_text(encoding=encoding)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror or "it cannot be opened" if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Unreadable(f"{path} cannot be read: {reason}.") from error
