"""A password of one's own: judged while it is typed, and asked for alone where a one-time password was used."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, cast

from textual import on
from textual.widgets import Input

from appliance.errors import BusmeisterError
from appliance.operations.call import Call
from tui.draw import EMPTY, Line, line
from tui.screens.entrance import Entrance
from tui.text import _
from tui.widgets.pane import Pane
from tui.words import OK, SILENT


class NewPassword(Entrance):
    """Typed twice, after whatever fields a subclass puts before."""

    fields: ClassVar[tuple[tuple[str, str, bool], ...]] = (
        ("password", _("Password"), True),
        ("again", _("Again"), True),
    )

    @property
    def who(self) -> str:
        """Whose it will be; it must not be in the password."""
        return self.dashboard.call.user

    @property
    def begins_with(self) -> str:
        """The first field that is to be filled in."""
        return self.fields[0][0]

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(f"#{self.begins_with}").focus()
        self.note("password", None, self._length())

    async def submit(self) -> None:
        """Take it, if the two are the same."""
        if self.value("password") != self.value("again"):
            self.refuse(_("The two passwords differ."))
        else:
            await self.take(self.value("password"))

    async def take(self, password: str) -> None:
        """Give the order."""
        raise NotImplementedError

    @on(Input.Changed)
    def _judge(self, message: Input.Changed) -> None:
        """Say at each key what is wrong yet."""
        if message.input.id == "password":
            judging = partial(self._judge_password, message.value)
            self.run_worker(cast("Any", judging), exclusive=True, group="judge")
        self._judge_again()

    async def _judge_password(self, password: str) -> None:
        call = self.dashboard.call
        sentence = await asyncio.wrap_future(call.parts.hub.ask(judge, call, password, self.who))
        mark, words = (SILENT, sentence) if sentence else (OK, _("long and not common"))
        self.note("password", mark if password else None, words if password else self._length())

    def _length(self) -> str:
        least = self.dashboard.call.parts.settings.security.password.minimum_length
        return _("{} signs or more").format(least)

    def _judge_again(self) -> None:
        again = self.value("again")
        same = again == self.value("password")
        if not again:
            self.note("again", None, "")
        else:
            self.note("again", OK if same else SILENT, _("the same") if same else _("differs yet"))


class OwnPassword(NewPassword):
    """Instead of the one-time password somebody came in with; nothing else is done before."""

    def welcome(self) -> Sequence[Line]:
        """Who is here, and why they see this."""
        name = self.dashboard.call.parts.settings.identity.name
        why = line(_("You came in with a password somebody else chose: set one of your own."))
        return [line(("busmeister ", "strong accent"), (name, "strong")), EMPTY, why, EMPTY]

    def advice(self) -> Sequence[Line]:
        return [line((_("enter goes on, F2 shows the password, esc leaves"), "grey"))]

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#form-pane", Pane).head(_("Password of {}").format(self.who))

    async def take(self, password: str) -> None:
        """From now on everything is allowed that the level allows."""
        answer = await self.give("password", password=password)
        if answer is not None:
            self.let_in(answer)


def judge(call: Call, password: str, name: str) -> str:
    """Why a password is refused; empty where it is not."""
    try:
        call.parts.doorkeeper.check_password(password, name)
    except BusmeisterError as error:
        return error.sentence
    return ""
