"""Files of commands: run top to bottom; `set` and `unset` lines that follow each other are one change (§14.8).

Words are written in full, since a later version may know more of them. A file runs at the level of whoever runs it:
what makes somebody else of a session is for people at a prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from appliance.errors import BusmeisterError, Kind, RefusedError
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import kind_of, sentence_of
from appliance.operations.line import Line, Token, parse_line
from appliance.operations.operation import Operation
from appliance.operations.registry import Registry
from appliance.operations.settings import assignment, change
from appliance.operations.trail import record, record_refusal
from appliance.settings import row_of

LONGEST: Final = 1 << 20  # octets
MOST_LINES: Final = 10_000
CHANGES: Final = ("set", "unset")
FOR_PEOPLE: Final = ("login", "enable", "setup", "password")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a file; or, where it changed settings, what came of `lines` commands together."""

    number: int  # of its line, from 1
    operation: Operation
    arguments: tuple[Token, ...]
    line: Line
    answer: Answer | None = None
    lines: int = 1


class LineError(RefusedError):
    """An error in a line of a file."""

    def __init__(self, error: BusmeisterError, line: int) -> None:
        super().__init__(error.sentence, kind_of(error))
        self.line = line


Settle = Callable[[Call, Operation, Mapping[str, str | None]], Answer]
"""What is done about settings that are to change together, texts by name."""


def make_changes(call: Call, operation: Operation, wanted: Mapping[str, str | None]) -> Answer:
    """Change them, and write that into the audit trail."""
    try:
        answer = change(call, wanted)
    except BusmeisterError as error:
        record_refusal(call, operation, None, error, sentence_of(error))
        raise
    record(call, operation, None, answer)
    return answer


def raise_it(error: LineError) -> None:
    """The first error ends the file."""
    raise error


def read_script(
    call: Call,
    registry: Registry,
    text: str,
    *,
    settle: Settle = make_changes,
    failed: Callable[[LineError], None] = raise_it,
) -> Iterator[Step]:
    """The steps of a file, each when its turn comes; settings are settled on the way. Errors go to `failed`."""
    changes: list[Step] = []
    for number, typed in numbered(text):
        step, error = _command(call, registry, number, typed)
        if step is not None and step.operation.name in CHANGES:
            changes.append(step)
        elif changes and (step or error):
            yield from _changed(call, changes, settle, failed)
            changes = []
        if error is not None:
            failed(error)
        if step is not None and step.operation.name not in CHANGES:
            yield step
    if changes:
        yield from _changed(call, changes, settle, failed)


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file of commands, counted from 1; raises `RefusedError` for one that is too long."""
    if len(text.encode(errors="replace")) > LONGEST or text.count("\n") > MOST_LINES:
        raise RefusedError(f"A file of commands has at most 1 MiB and {MOST_LINES} lines.", Kind.LIMIT)
    return enumerate(text.removeprefix("\ufeff").splitlines(), 1)


def _command(call: Call, registry: Registry, number: int, typed: str) -> tuple[Step | None, LineError | None]:
    """What a line orders, nothing where it is empty, or its error."""
    try:
        line = parse_line(typed, call.parts.settings.console.line_length)
        if not line.tokens:
            return None, None
        return Step(number, *_allowed(registry, line), line), None
    except BusmeisterError as error:
        return None, LineError(error, number)


def _allowed(registry: Registry, line: Line) -> tuple[Operation, tuple[Token, ...]]:
    operation, arguments = registry.find(line.tokens, full_words=True)
    if operation.name in FOR_PEOPLE:
        raise RefusedError(f'"{operation.name}" is not taken from a file: type it, or run the file as that user.')
    return operation, arguments


def _changed(call: Call, steps: list[Step], settle: Settle, failed: Callable[[LineError], None]) -> Iterator[Step]:
    try:
        step = _change(call, steps, settle)
    except LineError as error:
        failed(error)
    else:
        yield step


def _change(call: Call, steps: list[Step], settle: Settle) -> Step:
    first = steps[0]
    wanted: dict[str, str | None] = {}
    places: dict[str, int] = {}
    for step in steps:
        try:
            for name, value in _wanted(call, step):
                wanted[name], places[name] = value, step.number
        except BusmeisterError as error:
            raise LineError(error, step.number) from error
    try:
        answer = settle(call, first.operation, wanted)
    except BusmeisterError as error:
        named = [number for name, number in places.items() if name in error.sentence]
        raise LineError(error, min(named, default=first.number)) from error
    return Step(first.number, first.operation, first.arguments, first.line, answer, len(steps))


def _wanted(call: Call, step: Step) -> Iterator[tuple[str, str | None]]:
    if not step.arguments:
        raise RefusedError(f'"{step.operation.name}" needs the name of a setting.', Kind.USAGE)
    for token in step.arguments:
        if step.operation.name == "unset":
            row_of(token.text)  # raises for a name that no row has
            yield token.text, None
        else:
            name, value = assignment(call, token.raw)
            if name != token.name:
                raise RefusedError(f'In a file names are written in full: {name}, not "{token.name}".', Kind.UNKNOWN)
            yield name, value
