"""Gives the orders of the palette, and shows what came of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from appliance.errors import BusmeisterError
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.asked import YesAsked
from appliance.operations.call import Call
from appliance.operations.execute import execute, sentence_of
from appliance.operations.line import parse_line
from tui.answered import lines_of
from tui.commands import Offer
from tui.screens.answered import Answered
from tui.screens.help import Help
from tui.screens.palette import Palette
from tui.screens.question import Question
from tui.text import _

if TYPE_CHECKING:
    from tui.app import Dashboard

REMEMBERED: Final = 20


class Commander:
    """Of one session."""

    def __init__(self, app: Dashboard) -> None:
        self.recent: list[str] = []  # newest first
        self._app = app

    def open_palette(self) -> None:
        """Let somebody choose."""
        self._app.push_screen(Palette(self.recent), self._chosen)

    def open_help(self) -> None:
        """Explain the screen that is seen."""
        page = self._app.page
        if page is not None:
            self._app.push_screen(Help(page, tuple(page.keys()), self._app.call.level))

    def repeat(self) -> None:
        """The last command again."""
        if self.recent:
            self.order(self.recent[0])

    def order(self, text: str, then: Callable[[], object] = lambda: None, *, confirmed: bool = False) -> None:
        """Do a line of the console, and then what follows on its success."""
        self.recent = [text, *(line for line in self.recent if line != text)][:REMEMBERED]
        self._app.run_worker(self._order(text, then, confirmed=confirmed), exit_on_error=True)

    def _chosen(self, offer: Offer | None) -> None:
        if offer is None:
            return
        if offer.to:
            self._app.go(offer.to)
        else:
            self.order(offer.line)

    async def _order(self, text: str, then: Callable[[], object], *, confirmed: bool) -> None:
        call = self._app.call
        try:
            answer = await asyncio.wrap_future(call.parts.hub.ask(run, call, text, confirmed=confirmed))
        except YesAsked as asked:
            self._ask(asked, text, then)
            return
        except BusmeisterError as error:
            self._app.complain(sentence_of(error))
            return
        self._show(text, answer)
        then()

    def _ask(self, asked: YesAsked, text: str, then: Callable[[], object]) -> None:
        def done(yes: bool | None) -> None:
            if yes:
                self.order(text, then, confirmed=True)

        self._app.push_screen(Question(text, asked.question), done)

    def _show(self, text: str, answer: Answer) -> None:
        if answer.call is not None:
            self._app.call = answer.call
            if not answer.call.level:
                self._app.enter()
        if answer.leave:
            self._app.exit()
        elif answer.live is not None:
            answer.live.close()
            self._app.complain(_("{} goes on without end: follow it in the console, or on its screen.").format(text))
        elif answer.job is not None:
            self._app.own_orders.watch(answer.job)
        else:
            self._show_lines(text, answer)

    def _show_lines(self, text: str, answer: Answer) -> None:
        lines = lines_of(answer)
        if len(lines) > 1 or answer.table is not None:
            self._app.push_screen(Answered(text, lines))
        else:
            self._app.say(lines[0] if lines else _("Done."))


def run(call: Call, text: str, *, confirmed: bool = False) -> Answer:
    """Do a line of the console."""
    operation, tokens = registry().find(parse_line(text).tokens)
    return execute(call, operation, tokens, confirmed=confirmed)
