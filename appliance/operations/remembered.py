"""Earlier lines of a session, without secrets: the rows of operations and settings say what is one."""

from __future__ import annotations

import difflib
import re
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from appliance.errors import BusmeisterError
from appliance.operations.line import Token, parse_line
from appliance.operations.operation import Operation
from appliance.operations.registry import Registry
from appliance.settings import may_be_secret

SETTING: Final = re.compile(r"([\w.-]+?)[+-]?=")


def remember(lines: deque[str], registry: Registry, line: str) -> None:
    """Keep a line as far as it may be kept, once where it is typed again and again."""
    kept = without_secrets(registry, line).strip()
    if kept and (not lines or lines[-1] != kept):
        lines.append(kept)


def without_secrets(registry: Registry, line: str) -> str:
    """The line with each secret left out, so that it is asked for again; empty where that cannot be told."""
    try:
        operation, arguments = _found(registry, line)
    except BusmeisterError:
        return "" if _may_tell(registry, line) else line
    if _may_stand_anywhere(operation) or _stands_too_much(operation, arguments):
        return operation.name
    if not any(_is_secret(operation, token) for token in arguments):
        return line
    return " ".join([operation.name, *filter(None, (_open(operation, token) for token in arguments))])


def _may_stand_anywhere(operation: Operation) -> bool:
    """Whether any word may be a secret: one is given by position, or one by name beside words of any kind."""
    signature = operation.signature
    beside = signature.arguments if signature.words else signature.positional
    return any(argument.kind.is_secret for argument in beside)


def _stands_too_much(operation: Operation, arguments: Sequence[Token]) -> bool:
    """Whether there are more words than places for them, beside a secret that one of them may be meant as."""
    signature = operation.signature
    words = sum(not token.operator for token in arguments)
    secret = any(argument.kind.is_secret for argument in signature.arguments)
    return secret and not signature.words and words > len(signature.positional)


def _found(registry: Registry, line: str) -> tuple[Operation, tuple[Token, ...]]:
    return registry.find(parse_line(line, len(line.encode(errors="replace"))).tokens)


def _may_tell(registry: Registry, line: str) -> bool:
    """Whether a line that is no order may have been meant as one with a secret, or is one itself."""
    meant = _meant(registry, line)
    return not meant or any(_takes_secret(operation, line) for operation in meant)


def _meant(registry: Registry, line: str) -> list[Operation]:
    """The operation where only quotes are not closed, else those that begin with something like the first word."""
    with suppress(BusmeisterError):
        return [_found(registry, f'{line}"')[0]]
    first = line.split()[0].lower()
    words = {operation.words[0] for operation in registry.operations}
    near = {*difflib.get_close_matches(first, words, len(words)), *(word for word in words if word.startswith(first))}
    return [operation for operation in registry.operations if operation.words[0] in near]


def _takes_secret(operation: Operation, line: str) -> bool:
    if operation.name == "set":
        return any(map(may_be_secret, SETTING.findall(line)))
    kinds = [argument.kind for argument in operation.signature.arguments] + list(operation.fields.values())
    return any(kind.is_secret for kind in kinds)


def _open(operation: Operation, token: Token) -> str:
    """What of an argument may be kept: of a secret setting its name, so that the value is asked for."""
    if not _is_secret(operation, token):
        return token.raw
    return token.name if operation.name == "set" else ""


def _is_secret(operation: Operation, token: Token) -> bool:
    if not token.operator:
        return False
    if operation.name == "set":
        return may_be_secret(token.name)
    kinds = {argument.name: argument.kind for argument in operation.signature.arguments}
    kind = kinds.get(token.name) or operation.fields.get(token.name)
    return kind is not None and kind.is_secret
