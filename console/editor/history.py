"""Earlier lines of a session, without secrets."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Iterable
from typing import Final

from prompt_toolkit.history import History

from appliance.errors import BusmeisterError
from appliance.operations.line import Token, parse_line
from appliance.operations.operation import Operation
from appliance.operations.registry import Registry
from appliance.settings import full_name, row_of

KEPT: Final = 100
TELLTALES: Final = ("password", "secret", "passphrase", "setup", "login", "key")


class Memory(History):
    """The last lines; never more than `KEPT`."""

    def __init__(self, registry: Registry) -> None:
        super().__init__()
        self._registry = registry
        self._lines: deque[str] = deque(maxlen=KEPT)

    async def load(self) -> AsyncGenerator[str, None]:
        for line in reversed(self._lines):
            yield line

    def append_string(self, string: str) -> None:
        """Keep a line as far as it may be kept."""
        kept = without_secrets(self._registry, string)
        if kept and (not self._lines or self._lines[-1] != kept):
            self._lines.append(kept)

    def get_strings(self) -> list[str]:
        return list(self._lines)

    def load_history_strings(self) -> Iterable[str]:
        return reversed(self._lines)

    def store_string(self, string: str) -> None:
        """Nothing is kept beyond the session."""


def without_secrets(registry: Registry, line: str) -> str:
    """The line with each secret left out, so that it is asked for again; empty where that cannot be told."""
    try:
        tokens = parse_line(line, len(line.encode(errors="replace"))).tokens
        operation, arguments = registry.find(tokens)
    except BusmeisterError:
        return "" if any(word in line.lower() for word in TELLTALES) else line
    if not any(_is_secret(operation, token) for token in arguments) and not _secrets_by_place(operation):
        return line
    open_ones = [_open(operation, token) for token in arguments]
    if _secrets_by_place(operation):
        open_ones = []
    return " ".join([operation.name, *filter(None, open_ones)])


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
