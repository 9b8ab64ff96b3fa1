"""Long orders given in one session: their end is told here, and the newest can be broken off."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from appliance.errors import BusmeisterError
from appliance.hub import Job
from appliance.operations.answer import Answer
from appliance.operations.execute import sentence_of
from tui.screens.question import Question
from tui.text import _

if TYPE_CHECKING:
    from tui.app import Dashboard


class OwnOrders:
    """Of one session."""

    def __init__(self, app: Dashboard) -> None:
        self._app = app
        self._jobs: list[Job] = []

    def watch(self, job: Job) -> None:
        """Say how it ends; until then the status line shows it."""
        self._jobs = [*self._running(), job]
        self._app.say(_("{} began.").format(job.name))
        self._app.run_worker(functools.partial(self._tell_end, job), thread=True, exit_on_error=False)

    def break_off(self) -> None:
        """The newest, after asking; else say how to leave."""
        running = self._running()
        if not running:
            self._app.say(_("q quits."))
            return
        question = Question(_("Break off {}? What is done stays.").format(running[-1].name))
        self._app.push_screen(question, functools.partial(self._break_off_if, running[-1]))

    def _running(self) -> list[Job]:
        return [job for job in self._jobs if not job.ended]

    def _break_off_if(self, job: Job, yes: bool | None) -> None:
        if yes:
            job.cancel()

    def _tell_end(self, job: Job) -> None:
        job.wait()
        try:
            result = job.outcome()
        except BusmeisterError as error:
            self._app.call_from_thread(self._app.complain, sentence_of(error))
            return
        sentence = result.sentence if isinstance(result, Answer) else ""
        self._app.call_from_thread(self._app.say, sentence or _("{}: done.").format(job.name))
