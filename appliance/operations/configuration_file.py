"""The configuration as a file: `set` lines to type back (operations.md §14.8), or one JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from appliance.errors import BusmeisterError, Kind, RefusedError, SettingError
from appliance.operations.call import Call
from appliance.operations.line import Token, parse_line, quote_value
from appliance.operations.script import LONGEST, LineError, numbered
from appliance.operations.settings import FIRST_LINE, assignment
from appliance.security.passphrase import HEAD, Passphrase
from appliance.settings import Line, row_of

VERSION: Final = 1
HEADER: Final = re.compile(r"# busmeister configuration (\d{1,4})")
TITLE: Final = "busmeister configuration"


class Form(StrEnum):
    """Of a configuration file."""

    CAD = "cad"
    JSON = "json"


@dataclass(slots=True)
class Wanted:
    """What a file asks for: by full name the new text, None for the default, and the line that says so."""

    texts: dict[str, str | None] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)  # of a newer version

    def line_of(self, error: BusmeisterError) -> BusmeisterError:
        """The error with the first line whose setting it names."""
        named = [number for name, number in self.lines.items() if name in error.sentence]
        return LineError(error, min(named)) if named else error


def written(lines: Iterable[Line], form: Form, passphrase: Passphrase | None) -> str:
    """A file that leads back to these settings; secrets only with a passphrase."""
    texts = {line.name: _travelling(line, passphrase) for line in lines}
    if form is Form.JSON:
        settings = {name: text for name, text in texts.items() if text is not None}
        return json.dumps({TITLE: VERSION, "settings": settings}, ensure_ascii=False, indent=1) + "\n"
    rows = [f"# set {name}=" if text is None else f"set {name}={quote_value(text)}" for name, text in texts.items()]
    return "\n".join([FIRST_LINE, *rows]) + "\n"


def read(call: Call, text: str, passphrase: Passphrase | None, *, skips_unknown: bool = False) -> Wanted:
    """What a file wants; raises `LineError`. Names that a newer version knows may be skipped."""
    text = text.removeprefix("\ufeff")
    wanted = Wanted()
    newer = skips_unknown and _version(text) > VERSION
    for number, name, value in _json(text) if text.lstrip().startswith("{") else _cad(call, text, newer, wanted):
        try:
            wanted.texts[name] = _opened(name, value, passphrase)
            wanted.lines[name] = number
        except BusmeisterError as error:
            if not newer or not isinstance(error, SettingError):
                raise LineError(error, number) from error
            wanted.unknown.append(name)
    return wanted


def _travelling(line: Line, passphrase: Passphrase | None) -> str | None:
    if not line.setting.kind.is_secret:
        return line.text
    return passphrase.seal(line.name, line.secret) if passphrase and line.secret else None


def _version(text: str) -> int:
    match = HEADER.match(text)
    return int(match[1]) if match else VERSION


def _cad(call: Call, text: str, newer: bool, wanted: Wanted) -> Iterator[tuple[int, str, str | None]]:
    for number, typed in numbered(text):
        try:
            tokens = parse_line(typed, LONGEST).tokens
            if not tokens:
                continue
            yield from ((number, name, value) for name, value in _assignments(call, tokens))
        except SettingError as error:
            if not newer:
                raise LineError(error, number) from error
            wanted.unknown += [token.name or token.text for token in tokens[1:]]
        except LineError:
            raise
        except BusmeisterError as error:
            raise LineError(error, number) from error


def _assignments(call: Call, tokens: tuple[Token, ...]) -> Iterator[tuple[str, str | None]]:
    order, *settings = tokens
    if order.text not in ("set", "unset") or not settings:
        raise RefusedError("A configuration has set and unset lines alone: run it as commands with run.", Kind.USAGE)
    for token in settings:
        name, value = (token.text, None) if order.text == "unset" else assignment(call, token.raw)
        row_of(name)  # raises for a name that no row has
        if order.text == "set" and name != token.name:
            raise RefusedError(f'In a file names are written in full: {name}, not "{token.name}".', Kind.UNKNOWN)
        yield name, value


def _json(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Every setting has line 1: JSON is one value."""
    try:
        value = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        value = None
    settings = value.get("settings") if isinstance(value, Mapping) and TITLE in value else None
    if not isinstance(settings, dict) or not all(isinstance(text, str) for text in settings.values()):
        raise RefusedError(f'This is no configuration: {{"{TITLE}": 1, "settings": {{...}}}} is.', Kind.VALUE)
    yield from ((1, name, text) for name, text in settings.items())


def _opened(name: str, value: str | None, passphrase: Passphrase | None) -> str | None:
    """The value as it can be kept, secrets opened."""
    setting = row_of(name).setting
    if value and setting.kind.is_secret and value.startswith(HEAD):
        if passphrase is None:
            raise RefusedError(f"{name} is sealed: it is opened with passphrase=.", Kind.VALUE)
        value = passphrase.open(name, value)
    if value is not None and not (setting.base and not value):
        setting.parse(name, value)
    return value
