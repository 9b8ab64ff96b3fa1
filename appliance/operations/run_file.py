"""A file of commands out of the repository: run, or only looked through (operations.md §2, §14.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Final

from appliance.errors import BusmeisterError, Cancelled, Kind, RefusedError
from appliance.operations.answer import Answer, Data, Table
from appliance.operations.call import Call
from appliance.operations.execute import execute, kind_of, prove, sentence_of
from appliance.operations.json_text import json_of
from appliance.operations.line import Form
from appliance.operations.operation import Operation, operation
from appliance.operations.registry import Registry
from appliance.operations.repository import find
from appliance.operations.script import LONGEST, LineError, Step, read_script
from appliance.settings import row_of
from appliance.settings.kinds import FilePath

RepositoryFile = Annotated[str, FilePath()]
OF_A_SESSION: Final = ("run", "logout", "disable", "quit", "script", "history", "watch")
"""They act upon the session, or have no end."""


class OnError(StrEnum):
    """What the first error leads to."""

    STOP = "stop"
    CONTINUE = "continue"


def make_run(registry: Callable[[], Registry]) -> Operation:
    """It runs the other orders of the registry that it is part of."""

    @operation("run", level=1, audited=True, long=True)
    def run(call: Call, file: RepositoryFile, *, check: bool = False, on_error: OnError = OnError.STOP) -> Answer:
        """Runs a command file at the session's level; with check only tells what it would do."""
        text = text_of(call, file)
        runner = Foreseen(call) if check else Run(call, text.count("\n") + 1, on_error)
        return runner.through(registry(), text)

    return run


def text_of(call: Call, name: str) -> str:
    """The text of a file of the repository; raises `RefusedError`."""
    try:
        with find(call, name).open("rb") as file:
            return file.read(LONGEST + 1).decode()
    except OSError as error:
        raise RefusedError(f"{name} cannot be read: {error.strerror}.", Kind.STORAGE) from error
    except UnicodeDecodeError:
        raise RefusedError(f"{name} is no file of commands: it is not UTF-8 text.", Kind.VALUE) from None


class Run:
    """Does one command after the other, and keeps what each answers."""

    def __init__(self, call: Call, lines: int, on_error: OnError) -> None:
        self._call = call
        self._lines = lines
        self._on_error = on_error
        self._parts: list[Answer] = []
        self._data: list[Data] = []
        self._done = 0  # commands
        self._failed = 0

    def through(self, registry: Registry, text: str) -> Answer:
        """Top to bottom; what was done when it is broken off stays done and is told."""
        try:
            for step in read_script(self._call, registry, text, failed=self._fail):
                self._call.report(step.number, self._lines, step.operation.name)
                self._do(step)
        except Cancelled:
            if not self._data:
                raise
        done = f"{_commands(self._done)} done"
        failed = f", {self._failed} failed" if self._failed else ""
        return Answer(parts=tuple(self._parts), data=self._data, sentence=done + failed)

    def _do(self, step: Step) -> None:
        try:
            answer = step.answer or self._answer(step)
        except Cancelled:
            raise
        except BusmeisterError as error:
            self._fail(LineError(error, step.number))
        else:
            self._keep(step, answer)

    def _answer(self, step: Step) -> Answer:
        """What came of a command, once it is over unless it was sent to the background."""
        if step.operation.name in OF_A_SESSION:
            raise RefusedError(f'"{step.operation.name}" has no place in a file that is run.', Kind.REFUSED)
        answer = execute(self._call, step.operation, step.arguments)
        if answer.live is not None:
            answer.live.close()
            raise RefusedError(f'"{step.operation.name}" follows what happens: a file has no end of it.', Kind.REFUSED)
        if answer.job is None:
            return answer
        if step.line.background:
            return Answer(sentence=f"job {answer.job.number}")
        if self._call.job is not None:
            self._call.job.on_cancel(answer.job.cancel)
        answer.job.wait()
        result = answer.job.outcome()
        assert isinstance(result, Answer)  # jobs of operations end with one
        return result

    def _keep(self, step: Step, answer: Answer) -> None:
        self._done += step.lines
        head = f"line {step.number}  {step.operation.name}  {answer.sentence}".rstrip()
        shown = Answer(lines=(json_of(answer.as_data()),)) if step.line.form is Form.JSON else answer
        self._parts += [Answer(lines=(head,)), shown]
        self._data.append({"line": step.number, "command": step.operation.name, "answer": answer.as_data()})

    def _fail(self, error: LineError) -> None:
        where = f"line {error.line}: {sentence_of(error)}"
        if self._on_error is OnError.STOP:
            stays = (
                f"{'' if where.endswith('.') else '.'} What came before it stays: {_commands(self._done)}."
                if self._done
                else ""
            )
            raise RefusedError(where + stays, kind_of(error))
        self._failed += 1
        self._parts.append(Answer(lines=(where,)))
        self._data.append({"line": error.line, "error": {"kind": str(kind_of(error)), "message": sentence_of(error)}})


class Foreseen:
    """Tells what every command would do, and all errors."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._wanted: dict[str, str | None] = {}  # by all lines so far: later ones build upon them
        self._rows: list[tuple[int, str, str]] = []
        self._errors = 0

    def through(self, registry: Registry, text: str) -> Answer:
        """Look through it; nothing is done."""
        for step in read_script(self._call, registry, text, settle=self._foresee, failed=self._fail):
            try:
                self._look(step)
            except BusmeisterError as error:
                self._fail(LineError(error, step.number))
        found = f"{_commands(len(self._rows) - self._errors)}, {self._errors or 'no'} errors"
        rows = sorted(self._rows, key=lambda row: row[0])
        return Answer(table=Table.of("line command would", rows, right="line"), sentence=found)

    def _look(self, step: Step) -> None:
        name = step.operation.name
        if step.answer is not None:
            changes = step.answer.changes
            self._rows += [(step.number, name, f"{one.name}: {one.new or 'empty'}") for one in changes]
            self._rows += [] if changes else [(step.number, name, "change nothing")]
            return
        if name in OF_A_SESSION:
            raise RefusedError(f'"{name}" has no place in a file that is run.', Kind.REFUSED)
        prove(self._call, step.operation, step.arguments)
        self._rows.append((step.number, name, step.operation.help))

    def _foresee(self, call: Call, row: Operation, wanted: Mapping[str, str | None]) -> Answer:
        del row  # set or unset: the texts say which
        for name in wanted:
            call.need_level(row_of(name).setting.level, name)
        changes = call.parts.settings.foresee({**self._wanted, **wanted})
        self._wanted.update(wanted)
        return Answer(changes=tuple(one for one in changes if one.name in wanted))

    def _fail(self, error: LineError) -> None:
        self._errors += 1
        self._rows.append((error.line, "ERROR", sentence_of(error)))


def _commands(count: int) -> str:
    return f"{count} command{'s' * (count != 1)}"
