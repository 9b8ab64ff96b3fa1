"""Earlier lines of a session, without secrets."""

from __future__ import annotations

import difflib
from collections import deque
from typing import Final

from appliance.errors import BusmeisterError
from appliance.operations.line import Token, parse_line
from appliance.operations.operation import Operation
from appliance.operations.registry import Registry
from appliance.settings import full_name, row_of

TELLTALES: Final = ("password", "secret", "passphrase", "setup", "login", "key")


def remember(lines: deque[str], registry: Registry, line: str) -> None:
    """Keep a line as far as it may be kept, once where it is typed again and again."""
    kept = without_secrets(registry, line).strip()
    if kept and (not lines or lines[-1] != kept):
        lines.append(kept)


def without_secrets(registry: Registry, line: str) -> str:
    """The line with each secret left out, so that it is asked for again; empty where that cannot be told."""
    try:
        tokens = parse_line(line, len(line.encode(errors="replace"))).tokens
        operation, arguments = registry.find(tokens)
    except BusmeisterError:
        return "" if _may_tell(line.lower()) else line
    if not any(_is_secret(operation, token) for token in arguments) and not _secrets_by_place(operation):
        return line
    open_ones = [_open(operation, token) for token in arguments]
    if _secrets_by_place(operation):
        open_ones = []
    return " ".join([operation.name, *filter(None, open_ones)])


def _may_tell(line: str) -> bool:
    """Whether something of an order that nobody knows looks like one that takes a secret."""
    near = any(difflib.get_close_matches(word, TELLTALES, 1) for word in line.split())
    return near or any(word in line for word in TELLTALES)


def _open(operation: Operation, token: Token) -> str:
    if not _is_secret(operation, token):
        return token.raw
    return token.name if operation.name == "set" else ""


def _is_secret(operation: Operation, token: Token) -> bool:
    if not token.operator:
        return False
    if operation.name == "set":
        try:
            return row_of(full_name(token.name)).setting.kind.is_secret
        except BusmeisterError:
            return True
    return any(argument.name == token.name and argument.kind.is_secret for argument in operation.signature.arguments)


def _secrets_by_place(operation: Operation) -> bool:
    """A secret may stand without its name: then no argument is kept."""
    return any(argument.kind.is_secret for argument in operation.signature.positional)
