"""`busmeister console`: the console in this terminal, or commands from arguments, a file or standard input."""

from __future__ import annotations

import argparse
import getpass
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from appliance.data_folder import default_data_folder
from appliance.errors import Kind
from console.local.client import Done, LocalClient, NotRunning

OK, FAILED, USAGE, NOT_RUNNING, LOGIN_REFUSED, LEVEL_TOO_LOW, BROKEN_OFF = 0, 1, 2, 3, 4, 5, 130
CODES: Final = {Kind.LEVEL: LEVEL_TOO_LOW, Kind.LOGIN: LOGIN_REFUSED, Kind.CANCELLED: BROKEN_OFF}
ERASE_LINE: Final = "\r\x1b[K"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `busmeister console`."""
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of the appliance")
    parser.add_argument("-c", dest="commands", action="append", metavar="COMMAND", help="a command; may be repeated")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a file of commands")


def run(arguments: argparse.Namespace) -> int:
    """Do it; exit code as in operations.md §14.9."""
    if arguments.commands and arguments.file:
        print("busmeister: give either -c COMMAND or a FILE, not both.", file=sys.stderr)
        return USAGE
    try:
        script = arguments.file.read_text(encoding="utf-8-sig") if arguments.file else None
    except (OSError, UnicodeDecodeError) as error:
        print(f"busmeister: {arguments.file} cannot be read: {_reason(error)}.", file=sys.stderr)
        return USAGE
    scripted = bool(arguments.commands or arguments.file)
    on_terminal = not scripted and sys.stdin.isatty() and sys.stdout.isatty()
    screen = Screen(on_terminal=on_terminal)
    try:
        columns = shutil.get_terminal_size().columns
        client = LocalClient.connect(
            arguments.data or default_data_folder(), screen, columns=columns, is_terminal=on_terminal
        )
    except NotRunning as error:
        print(f"busmeister: {error}", file=sys.stderr)
        return NOT_RUNNING
    try:
        return _converse(client, arguments.commands, script, on_terminal=on_terminal)
    except NotRunning as error:
        print(f"busmeister: {error}", file=sys.stderr)
        return NOT_RUNNING
    finally:
        client.close()


class Screen:
    """This terminal, pipe or file."""

    def __init__(self, *, on_terminal: bool) -> None:
        self._on_terminal = on_terminal

    def write(self, line: str) -> None:
        """One line, at once."""
        print(line, flush=True)

    def progress(self, line: str) -> None:
        """In place of the line before."""
        if self._on_terminal:
            print(f"{ERASE_LINE}{line}", end="", flush=True)

    def ask(self, question: str, *, hidden: bool) -> str:
        """From the person; nobody answers in a script."""
        if not self._on_terminal:
            return ""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return getpass.getpass(question) if hidden else input(question)
        except (EOFError, KeyboardInterrupt):
            return ""
        finally:
            signal.signal(signal.SIGINT, before)


def _converse(client: LocalClient, commands: list[str] | None, script: str | None, *, on_terminal: bool) -> int:
    if on_terminal:
        return _interactive(client)
    if script is None:
        return _all(client, commands or sys.stdin)
    with _breaking_off(client):
        return _code(client.run_script(script))


def _all(client: LocalClient, lines: Iterable[str]) -> int:
    """One after the other; the first error ends it."""
    for line in lines:
        with _breaking_off(client):
            done = client.run(line.rstrip("\r\n"))
        if done.kind is not None or done.leave:
            return _code(done)
    return OK


@contextmanager
def _breaking_off(client: LocalClient) -> Iterator[None]:
    """Ctrl-c breaks off what the appliance does for us, and never leaves half an answer behind."""
    before = signal.signal(signal.SIGINT, lambda *_: client.interrupt())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _code(done: Done) -> int:
    if done.kind is None:
        return OK
    return CODES.get(Kind(done.kind), FAILED)


def _interactive(client: LocalClient) -> int:
    read = _line_editor()
    while True:
        try:
            line = read(client.prompt)
            client.resize(shutil.get_terminal_size().columns)
            with _breaking_off(client):
                if client.run(line).leave:
                    return OK
        except KeyboardInterrupt:
            continue  # it clears the line
        except EOFError:
            return OK


def _line_editor() -> Callable[[str], str]:
    """Line editing and history of this session."""
    from prompt_toolkit import PromptSession  # slow to import, and of use on a terminal only

    session: PromptSession[str] = PromptSession()
    return session.prompt


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "it cannot be opened" if isinstance(error, OSError) else "it is not UTF-8 text"
