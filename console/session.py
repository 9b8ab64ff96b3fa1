"""A console session: lines in, answers out, whatever carries them.

`Session.run` is called by one thread, a line at a time; `interrupt` may be called by any other and ends what runs.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Final

from appliance.errors import BusmeisterError, Kind, RefusedError
from appliance.hub import Job, JobState
from appliance.operations.answer import Answer, Item, Live
from appliance.operations.asked import ValueAsked, YesAsked
from appliance.operations.call import Call
from appliance.operations.execute import execute, kind_of, sentence_of
from appliance.operations.json_text import json_of
from appliance.operations.line import Form, Line, Token, assigned, parse_line
from appliance.operations.operation import Operation
from appliance.operations.registry import Registry
from appliance.operations.remembered import remember
from appliance.operations.script import Step, read_script
from appliance.operations.signs import without_controls
from appliance.operations.times import span_of_seconds
from console.rendering import csv_of, text_of
from console.screen import Screen

log = logging.getLogger("busmeister.console")

RESERVED: Final = ("OK", "ERROR")
GLANCE: Final = 0.5  # seconds between two looks at a long order


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a line ended."""

    kind: Kind | None = None  # None: well
    leave: bool = False

    @property
    def ok(self) -> bool:
        """It ended with OK."""
        return self.kind is None


class Session:
    """One person or script at one door."""

    def __init__(self, call: Call, registry: Registry, screen: Screen, *, plain: bool) -> None:
        self.call = call
        self.plain = plain
        self._nobody_there = plain  # a pipe or a file: nobody to ask, no window
        self._registry = registry
        self._screen = screen
        self._live: Live | None = None
        self._job: Job | None = None
        self._interrupts = 0
        self._gone = False
        self._left = False

    @property
    def prompt(self) -> str:
        """`boiler-room 2> `"""
        return f"{without_controls(self.call.parts.settings.identity.name)} {self.call.level}> "

    def run(self, text: str) -> Outcome:
        """Do one line."""
        form = Form.TEXT
        self._interrupts = 0
        try:
            line = parse_line(text, self.call.parts.settings.console.line_length)
            form = line.form
            if not line.tokens:
                return Outcome()
            if self.call.session is not None:
                remember(self.call.session.history, self._registry, text)
            operation, arguments = self._registry.find(line.tokens)
            return self._do(operation, replace(line, tokens=arguments))
        except Exception as error:  # noqa: BLE001  # the session lives on; the log has what was no refusal
            return self._fail(error, form)

    def run_script(self, text: str) -> Outcome:
        """Do a whole file; the first error ends it and names its line."""
        number = 1
        self._interrupts = 0
        try:
            for step in read_script(self.call, self._registry, text):
                number = step.number
                outcome = self._step(step)
                if not outcome.ok or outcome.leave:
                    return outcome
                if self._interrupts:
                    return Outcome(Kind.CANCELLED)
        except Exception as error:  # noqa: BLE001  # as in `run`
            return self._fail(error, Form.TEXT, f"line {getattr(error, 'line', number)}: ")
        return Outcome()

    def interrupt(self) -> None:
        """End what runs: a live answer at once, a long order after its present step."""
        self._interrupts += 1  # for what has begun but cannot be reached yet
        live, job = self._live, self._job
        if live is not None:
            live.close()
        if job is not None:
            job.cancel()

    def leave_running(self) -> None:
        """A long order goes on in the background; the session goes on with the next line."""
        self._left = True

    @property
    def is_live(self) -> bool:
        """What runs shows what happens until it is ended."""
        return self._live is not None

    def hang_up(self) -> None:
        """Nobody looks any more: a live answer ends, a long order goes on."""
        self._gone = True
        live = self._live
        if live is not None:
            live.close()

    def _step(self, step: Step) -> Outcome:
        if step.answer is not None:
            for _ in range(step.lines):
                self._close(step.answer, shows=False)
            return Outcome()
        return self._do(step.operation, replace(step.line, tokens=step.arguments))

    def _do(self, operation: Operation, line: Line) -> Outcome:
        if line.background and not operation.long:
            raise RefusedError(f'"{operation.name}" answers at once: leave out the &.', Kind.USAGE)
        answer = self._execute(operation, line.tokens)
        if answer.call is not None:
            self.call = answer.call
        if answer.plain is not None:
            self.plain = answer.plain or self._nobody_there
        if answer.job is not None:
            job = answer.job
            answer = Answer(sentence=f"job {job.number}") if line.background else self._wait(job)
        self._show(answer, line.form)
        self._close(answer, shows=operation.shows)
        return Outcome(leave=answer.leave)

    def _execute(self, operation: Operation, tokens: tuple[Token, ...]) -> Answer:
        """Do it; a yes or a value that is wanted is asked for, and it is done with that."""
        confirmed = False
        while True:
            try:
                return execute(self.call, operation, tokens, confirmed=confirmed)
            except YesAsked as asked:
                if self.plain:
                    raise
                if self._screen.ask(f"{asked.question} ").strip().lower() != "yes":
                    raise RefusedError("Not done.", Kind.CANCELLED) from None
                confirmed = True
            except ValueAsked as asked:
                if self.plain:
                    raise
                tokens = (*(token for token in tokens if token.raw != asked.instead_of), self._value(asked))

    def _value(self, asked: ValueAsked) -> Token:
        value = self._screen.ask(f"{asked.prompt}: ", hidden=asked.hidden)
        if not value:
            raise RefusedError("Nothing was typed; nothing was done.", Kind.CANCELLED)
        if asked.twice and self._screen.ask("Again: ", hidden=asked.hidden) != value:
            raise RefusedError("The two are not the same; nothing was done.", Kind.VALUE)
        return assigned(asked.name, value)

    def _wait(self, job: Job) -> Answer:
        self._job = job
        self._left = False
        if self._interrupts:
            job.cancel()
        try:
            while not (job.wait(GLANCE) or self._gone or self._left):
                self._progress(progress_of(job))
        finally:
            self._job = None
            self._progress("")
        if not job.ended:
            return Answer(sentence=f"job {job.number} goes on")
        answer = job.outcome()
        assert isinstance(answer, Answer)  # jobs of operations end with one
        if job.state is JobState.CANCELLED:
            return replace(answer, sentence=f"broken off; {answer.sentence}".removesuffix("; "))
        return answer

    def _progress(self, line: str) -> None:
        if not self.plain:
            self._screen.progress(line)

    def _show(self, answer: Answer, form: Form) -> None:
        if answer.live is not None:
            self._follow(answer.live, form)
        elif form is Form.JSON:
            self._screen.write(json_of(answer.as_data()))
        else:
            columns, before = None if self.plain else self._screen.columns, self._interrupts
            for line in csv_of(answer) if form is Form.CSV else text_of(answer, columns):
                if self._interrupts != before:
                    return
                self._write(line)

    def _follow(self, live: Live, form: Form) -> None:
        self._live = live
        if self._gone or self._interrupts:
            live.close()
        try:
            for item in live:
                self._show_item(item, form)
        finally:
            self._live = None

    def _show_item(self, item: Item, form: Form) -> None:
        if item.line and form is not Form.JSON:
            self._write(without_controls(item.line))
        if item.answer is not None:
            self._show(item.answer, form)
        elif form is Form.JSON:
            self._screen.write(json_of(item.data))

    def _close(self, answer: Answer, *, shows: bool) -> None:
        if self.plain or not shows:
            self._screen.conclude(f"OK {without_controls(answer.sentence)}".rstrip())

    def _fail(self, error: Exception, form: Form, where: str = "") -> Outcome:
        if not isinstance(error, BusmeisterError):
            log.error("an order of %s ended by a mistake of the program", self.call.who, exc_info=error)
        kind, sentence = kind_of(error), where + without_controls(sentence_of(error))
        if form is Form.JSON:
            self._screen.conclude(json_of({"error": {"kind": str(kind), "message": sentence}}))
        if self.plain or form is not Form.JSON:
            self._screen.conclude(f"ERROR {sentence}")
        return Outcome(kind)

    def _write(self, line: str) -> None:
        reserved = self.plain and line.startswith(RESERVED)
        self._screen.write(f" {line}" if reserved else line)


def progress_of(job: Job) -> str:
    """`meter read  12 of 60  about 48 s left  Flat 12`."""
    left = job.seconds_left
    parts = [
        job.name,
        f"{job.done} of {job.of}" if job.of else "",
        "" if left is None else f"about {span_of_seconds(left)} left",
        without_controls(job.sentence),
    ]
    return "  ".join(part for part in parts if part)
