"""`busmeister decode`: telegrams in, records out, one JSON object a line or a table each."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from appliance.commands.decode_table import table, unreadable
from appliance.errors import RefusedError, TelegramError
from appliance.mbus.json_line import error_line, json_line
from appliance.mbus.telegram_text import is_hex, telegrams
from appliance.meters.reader import Read, reader
from appliance.system_users import user_name

STANDARD_INPUT: Final = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--format", choices=("json", "text"), default="json", help="one JSON object a line, or tables")
    parser.add_argument("--key", metavar="HEX", help="32 hex digits: opens telegrams of security modes 5, 7, 10")
    parser.add_argument(
        "source",
        nargs="?",
        default=STANDARD_INPUT,
        metavar="FILE|HEX|-",
        help="a file, one telegram, or standard input",
    )


def run(arguments: argparse.Namespace) -> int:
    """Decode everything; exit code 1 when anything was unreadable."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8 whatever the terminal's language
    read = reader(arguments.key)
    all_readable = True
    for found in telegrams(_lines(arguments.source)):
        readable, answer = _answer(found, read, arguments.format)
        sys.stdout.write(answer)
        all_readable &= readable
    sys.stdout.flush()
    return 0 if all_readable else 1


def _answer(found: bytes | TelegramError, read: Read, form: str) -> tuple[bool, str]:
    """Whether the telegram was readable, and what to write about it."""
    try:
        if isinstance(found, TelegramError):
            raise found
        telegram = read(found)
    except TelegramError as error:
        return False, _text(unreadable(error)) if form == "text" else error_line(error) + "\n"
    return True, _text(table(telegram)) if form == "text" else json_line(telegram) + "\n"


def _text(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _lines(source: str) -> Iterator[str]:
    """The lines of a file, of standard input, or of the argument itself."""
    if source == STANDARD_INPUT:
        return (line.decode("utf-8", "replace") for line in sys.stdin.buffer)
    if _is_file(source):
        return _read(Path(source))
    if is_hex(source):
        return iter((source,))
    raise RefusedError(f'"{source}" is neither a file nor a telegram in hex digits.')


def _read(path: Path) -> Iterator[str]:
    """The lines of a file; raises `RefusedError` where it cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from file
    except OSError as error:
        user = user_name(os.geteuid())
        raise RefusedError(f"{path} cannot be read ({error.strerror}): let user {user} read it.") from error


def _is_file(source: str) -> bool:
    try:
        return Path(source).is_file()
    except OSError:  # longer than any file's name: a long telegram is
        return False
