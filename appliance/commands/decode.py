"""`busmeister decode`: telegrams in, records out, one JSON object a line or a table each."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from appliance.commands.decode_table import table, unreadable
from appliance.errors import RefusedError, TelegramError
from appliance.mbus.json_line import error_line, json_line
from appliance.mbus.telegram_text import frames_in, is_hex, telegrams
from appliance.meters.reader import Read, reader
from appliance.system_users import user_name

STANDARD_INPUT: Final = "-"
PIECE: Final = 4096  # octets of a file; the first ones tell whether it is text
NOT_IN_TEXT: Final = frozenset(range(0x20)) - frozenset(b"\t\n\f\r\x1a")
TYPE: Final = "Type or paste telegrams in hex digits, one a line; ctrl-d ends."
NOTHING: Final = "busmeister: There is no telegram in it."


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
    count = readable = 0
    for found in _telegrams(arguments.source):
        is_readable, answer = _answer(found, read, arguments.format)
        sys.stdout.write(answer)
        count += 1
        readable += is_readable
    sys.stdout.flush()
    if not count:
        print(NOTHING, file=sys.stderr)
    return 0 if readable == count else 1


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


def _telegrams(source: str) -> Iterator[bytes | TelegramError]:
    """Those of a file, of standard input, or the argument itself."""
    if source == STANDARD_INPUT:
        if sys.stdin.isatty():
            print(TYPE, file=sys.stderr)
        return telegrams(line.decode("utf-8", "replace") for line in sys.stdin.buffer)
    if _is(source, Path.is_file):
        return _read(Path(source))
    if is_hex(source):
        return telegrams((source,))
    if _is(source, Path.is_dir):
        raise RefusedError(f'"{source}" is a folder: name a file in it.')
    raise RefusedError(f'"{source}" is neither a file nor a telegram in hex digits.')


def _read(path: Path) -> Iterator[bytes | TelegramError]:
    """Those of a file of text, or of octets as a line gave them; raises `RefusedError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            is_text = not NOT_IN_TEXT.intersection(file.read(PIECE))
            file.seek(0)
            if is_text:
                with TextIOWrapper(file, encoding="utf-8", errors="replace") as text:
                    yield from telegrams(text)
            else:
                yield from frames_in(iter(partial(file.read, PIECE), b""))
    except OSError as error:
        user = user_name(os.geteuid())
        raise RefusedError(f"{path} cannot be read ({error.strerror}): let user {user} read it.") from error


def _is(source: str, kind: Callable[[Path], bool]) -> bool:
    try:
        return kind(Path(source))
    except OSError:  # longer than any file's name: a long telegram is
        return False
