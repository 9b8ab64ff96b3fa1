"""The first start: the set-up code of the device, and its administrator; then place, time and meters."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.widgets import Input

from appliance.operations.parts import Segment
from appliance.operations.set_up import code_shown_to
from appliance.security.doorkeeper import ADMINISTRATOR
from tui.draw import EMPTY, Line, line
from tui.screens.first_steps import PlaceAndTime, steps
from tui.screens.new_password import NewPassword
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane


class FirstStart(NewPassword):
    """Set-up code and administrator; `follow` leads to the steps behind them."""

    fields = (("code", _("Set-up code"), False), *NewPassword.fields)

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
        found = [line((f" {one.name:<10}", "grey"), f"{one.url}  {one.state}") for one in self._lines()]
        return [
            line((_("There is no factory password. The code stands on the device's own terminal and"), "grey")),
            line((_("on its display; until this step is done, nobody can log in from elsewhere."), "grey")),
            self.fingerprint(),
            EMPTY,
            *([line((_("Found already"), "strong")), *found] if found else []),
        ]

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#form-pane", Pane).head(_("User {}").format(ADMINISTRATOR), "level 3")
        code = code_shown_to(self.dashboard.call)
        self.query_one("#code", Input).value = code
        self.note("code", None, _("the code of this device") if code else _("shown on the device"))

    @on(Input.Changed, "#code")
    def _begun(self, message: Input.Changed) -> None:
        """The first step is under way, or not yet."""
        self.query_one("#welcome", Lines).show([*self.welcome()[:2], steps(1 if message.value else 0), EMPTY])

    async def take(self, password: str) -> None:
        """The first user, if the code is taken too."""
        answer = await self.give("setup", code=self.value("code"), password=password)
        if answer is not None:
            self.let_in(answer)
            self.dashboard.push_screen(PlaceAndTime())

    def _lines(self) -> Sequence[Segment]:
        return self.dashboard.call.parts.engine.status()
