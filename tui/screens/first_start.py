"""The first start: the set-up code of the device, and its administrator; then place, time and meters."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.widgets import Input

from appliance.clock import ClockQuality
from appliance.errors import BusmeisterError
from appliance.operations.health import own_address
from appliance.operations.parts import Segment
from appliance.operations.set_up import code_shown_to
from appliance.security.doorkeeper import ADMINISTRATOR
from appliance.security.users import parse_key
from tui.draw import EMPTY, Line, line, marked
from tui.screens.first_steps import PlaceAndTime, steps
from tui.screens.new_password import NewPassword
from tui.text import _
from tui.troubles import BROKEN
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.words import FLAG, NEVER, OK, SILENT


class FirstStart(NewPassword):
    """Set-up code and administrator; `follow` leads to the steps behind them."""

    fields = (("code", _("Set-up code"), False), *NewPassword.fields, ("key", _("SSH key"), False))

    @property
    def who(self) -> str:
        """The first user."""
        return ADMINISTRATOR

    @property
    def begins_with(self) -> str:
        """Whoever sits at the device need not copy its code."""
        return "password" if code_shown_to(self.dashboard.call) else "code"

    def welcome(self) -> Sequence[Line]:
        """What comes."""
        words = _(" is new here. Four steps; each can be changed later.")
        return [line(("busmeister", "strong accent"), words), EMPTY, steps(0), EMPTY]

    def advice(self) -> Sequence[Line]:
        return [
            line((_("There is no factory password. The code stands on the device's own terminal and"), "grey")),
            line((_("on its display; until this step is done, nobody can log in from elsewhere."), "grey")),
            self.fingerprint(),
            EMPTY,
            line((_("Found already"), "strong")),
            *self._found(),
        ]

    def _found(self) -> Sequence[Line]:
        """What the appliance knows by itself."""
        parts, address = self.dashboard.call.parts, own_address()
        sure = parts.clock.quality is ClockQuality.TRUSTED
        clock = f"{self.dashboard.now():%H:%M, %d.%m.%Y}  {parts.clock.quality}"
        known = [
            (_("network"), address or _("no network yet"), OK if address else NEVER),
            (_("time"), clock, OK if sure else FLAG),
            *((one.name, f"{one.url}  {one.state}", SILENT if one.state in BROKEN else OK) for one in self._lines()),
        ]
        if not self._lines():
            known.append((_("bus"), _("no line yet: add it in step 4"), NEVER))
        return [line((f"{name:<10} ", "grey"), marked(mark), f" {words}") for name, words, mark in known]

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#form-pane", Pane).head(_("User {}").format(ADMINISTRATOR), "level 3")
        code = code_shown_to(self.dashboard.call)
        self.query_one("#code", Input).value = code
        self.note("key", None, _("optional: no password then"))
        self.note("code", None, _("the code of this device") if code else _("shown on the device"))

    @on(Input.Changed, "#code")
    def _begun(self, message: Input.Changed) -> None:
        """The first step is under way, or not yet."""
        self.query_one("#welcome", Lines).show([*self.welcome()[:2], steps(1 if message.value else 0), EMPTY])

    @on(Input.Changed, "#key")
    def _judge_key(self, message: Input.Changed) -> None:
        """A key that is pasted in part is none."""
        trouble = key_trouble(message.value)
        mark = SILENT if trouble else OK if message.value else None
        self.note("key", mark, trouble or _("optional: no password then"))

    async def take(self, password: str) -> None:
        """The first user, if the code is taken too, and the key."""
        key = self.value("key")
        if trouble := key_trouble(key):
            self.refuse(trouble)
            return
        answer = await self.give("setup", code=self.value("code"), password=password)
        if answer is None or answer.call is None:
            return
        self.dashboard.call = answer.call
        if key:
            await self.give("user key add", key=key)
        self.let_in(answer)
        self.dashboard.push_screen(PlaceAndTime())

    def _lines(self) -> Sequence[Segment]:
        return self.dashboard.call.parts.engine.status()


def key_trouble(text: str) -> str:
    """Why a key is not taken; empty where it is, or none is given."""
    try:
        if text:
            parse_key(text)
    except BusmeisterError as error:
        return error.sentence
    return ""
