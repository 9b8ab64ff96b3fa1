"""Gives the orders of the palette, and shows what came of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from appliance.errors import BusmeisterError
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.asked import ValueAsked, YesAsked
from appliance.operations.call import Call
from appliance.operations.execute import execute, sentence_of
from appliance.operations.line import Token, assigned, parse_line
from appliance.operations.remembered import without_secrets
from tui.answered import lines_of
from tui.commands import Offer
from tui.screens.answered import Answered
from tui.screens.ask import Ask
from tui.screens.help import Help
from tui.screens.palette import Palette
from tui.screens.question import Question
from tui.text import _

if TYPE_CHECKING:
    from tui.app import Dashboard

REMEMBERED: Final = 20


@dataclass(frozen=True)
class Typed:
    """A line of the console, what follows on its success, and what was asked back since."""

    text: str
    then: Callable[[], object]
    confirmed: bool = False
    values: tuple[Token, ...] = ()
    stands_for: str = ""  # the word of the line that a value took the place of

    def run(self, call: Call) -> Answer:
        """Do it."""
        operation, tokens = registry().find(parse_line(self.text).tokens)
        kept = (token for token in tokens if not self.values or token.raw != self.stands_for)
        return execute(call, operation, (*kept, *self.values), confirmed=self.confirmed)

    def with_value(self, asked: ValueAsked, value: str) -> Typed:
        """The same with what was asked for."""
        return replace(self, values=(*self.values, assigned(asked.name, value)), stands_for=asked.instead_of)


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
            self._app.push_screen(Help(page, tuple(page.keys()), self._app.call))

    def repeat(self) -> None:
        """The last command again."""
        if self.recent:
            self.order(self.recent[0])

    def order(self, text: str, then: Callable[[], object] = lambda: None) -> None:
        """Do a line of the console, and then what follows on its success; it is remembered without its secrets."""
        kept = without_secrets(registry(), text)
        if kept:
            self.recent = [kept, *(line for line in self.recent if line != kept)][:REMEMBERED]
        self._do(Typed(text, then))

    def _do(self, typed: Typed) -> None:
        self._app.run_worker(self._order(typed), exit_on_error=True)

    def _chosen(self, offer: Offer | None) -> None:
        if offer is None:
            return
        if offer.to:
            self._app.go(offer.to)
        else:
            self.order(offer.line)

    async def _order(self, typed: Typed) -> None:
        call = self._app.call
        try:
            answer = await asyncio.wrap_future(call.parts.hub.ask(typed.run, call))
        except YesAsked as asked:
            self._ask_yes(asked, typed)
        except ValueAsked as asked:
            self._ask_value(asked, typed)
        except BusmeisterError as error:
            self._app.complain(sentence_of(error))
        else:
            self._show(typed.text, answer)
            typed.then()

    def _ask_yes(self, asked: YesAsked, typed: Typed) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self._do(replace(typed, confirmed=True))

        self._app.push_screen(Question(typed.text, asked.question), answered)

    def _ask_value(self, asked: ValueAsked, typed: Typed, first: str = "") -> None:
        """Once, or twice where it is a new one; a secret is never among the remembered lines."""

        def answered(value: str | None) -> None:
            if not value:
                self._app.say(_("Nothing was typed; nothing was done."))
            elif asked.twice and not first:
                self._ask_value(asked, typed, value)
            elif first and value != first:
                self._app.complain(_("The two are not the same; nothing was done."))
            else:
                self._do(typed.with_value(asked, value))

        self._app.push_screen(Ask(_("Again") if first else asked.prompt, secret=asked.hidden), answered)

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
