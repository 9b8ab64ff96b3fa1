"""One line of the console's language, cut into tokens (operations.md §14.1, §14.3). Pure.

```text
line   = [ token { blank token } [ blank "json" | blank "csv" ] [ blank "&" ] ] [ blank comment ]
token  = value | name "=" [ value ] | name "+=" value | name "-=" value
value  = bare and "quoted" pieces without a blank between; in quotes \\" \\\\ \\n stand for " \\ and a new line
```
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.operations.signs import without_controls

LINE_LENGTH: Final = 1024  # octets, where no setting says otherwise
BARE: Final = re.compile(r'[^\s"#,&]+')
NAME: Final = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*?)(\+=|-=|=)(.*)", re.DOTALL)
ESCAPES: Final = {'"': '"', "\\": "\\", "n": "\n"}


class Form(StrEnum):
    """How an answer is wanted."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line: `raw` as typed, `text` without its quotes; with an operator it is `name operator value`."""

    raw: str
    text: str
    name: str = ""
    operator: str = ""
    value: str = ""  # without its quotes
    raw_value: str = ""

    @property
    def is_word(self) -> bool:
        """May be a word of a command: typed bare, without an operator."""
        return not self.operator and self.raw == self.text


@dataclass(frozen=True, slots=True)
class Line:
    """A line understood as far as it can be without knowing the commands."""

    tokens: tuple[Token, ...]
    form: Form = Form.TEXT
    background: bool = False


def parse_line(text: str, limit: int = LINE_LENGTH) -> Line:
    """Cut a line; raises `RefusedError`. An empty line or a comment has no tokens."""
    if len(text.encode(errors="replace")) > limit:
        raise RefusedError(f"The line is longer than {limit} octets and was not looked at.", Kind.LIMIT)
    tokens = _cut(without_controls(text))
    background = bool(tokens) and tokens[-1].raw == "&"
    if background:
        tokens.pop()
    form = Form.TEXT
    if len(tokens) > 1 and tokens[-1].raw in (Form.JSON, Form.CSV):
        form = Form(tokens.pop().raw)
    return Line(tuple(tokens), form, background)


def quote(value: str) -> str:
    """A value as it can be typed: in quotes where it must be."""
    if BARE.fullmatch(value) and not NAME.fullmatch(value) and value not in (Form.JSON, Form.CSV):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def assigned(name: str, value: str) -> Token:
    """`name=value` as it would be typed."""
    raw = f"{name}={quote(value)}"
    return Token(raw, f"{name}={value}", name, "=", value, quote(value))


def quote_value(value: str) -> str:
    """A value after `name=`, where commas of a list may stand bare."""
    return value if re.fullmatch(r'[^\s"#]*', value) else quote(value)


def _cut(text: str) -> list[Token]:
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
        elif text[place] == "#":
            break
        else:
            end = _end_of_token(text, place)
            tokens.append(_token(text[place:end]))
            place = end
    return tokens


def _end_of_token(text: str, place: int) -> int:
    while place < len(text) and not text[place].isspace():
        place = _end_of_quotes(text, place) if text[place] == '"' else place + 1
    return place


def _end_of_quotes(text: str, start: int) -> int:
    place = start + 1
    while place < len(text) and text[place] != '"':
        place += 2 if text[place] == "\\" else 1
    if place >= len(text):
        raise RefusedError(f'The quotes that begin with {text[start : start + 20]} are not closed: add ".', Kind.USAGE)
    return place + 1


def _token(raw: str) -> Token:
    match = NAME.fullmatch(raw)
    if match is None:
        return Token(raw, unquote(raw))
    name, operator, value = match.groups()
    return Token(raw, unquote(raw), name.lower(), operator, unquote(value), value)


def unquote(raw: str) -> str:
    """What a typed value means."""
    pieces: list[str] = []
    place = 0
    while place < len(raw):
        if raw[place] == '"':
            end = _end_of_quotes(raw, place)
            pieces.append(_unescape(raw[place + 1 : end - 1]))
            place = end
        else:
            pieces.append(raw[place])
            place += 1
    return "".join(pieces)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[0]), text, flags=re.DOTALL)
