"""What follows the first user: place and time, then the line to the meters. Each may be left; the rest stays to do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.widgets import Input

from appliance.errors import BusmeisterError, SettingError
from appliance.operations.execute import sentence_of
from appliance.operations.line import quote_value
from appliance.settings import row_of
from tui.draw import EMPTY, Line, Piece, line, marked
from tui.screens.entrance import Entrance
from tui.screens.form import run_line
from tui.text import _
from tui.widgets.pane import Pane
from tui.words import NEVER, OK, RUNNING, SILENT

STEPS: Final = (_("Set-up code"), _("Administrator"), _("Place and time"), _("Meters"))


class SettingsStep(Entrance):
    """Fields that are settings, judged by their rows at each key; the note says what a row takes."""

    leaving = _("the rest later")
    step: ClassVar[int]
    heading: ClassVar[str]
    rows: ClassVar[dict[str, str]]  # name of the field: setting

    def welcome(self) -> Sequence[Line]:
        """Where this is among the steps."""
        return [line((_("Each can be changed later, too."), "grey")), EMPTY, steps(self.step), EMPTY]

    def on_mount(self) -> None:
        """With what holds now."""
        self.query_one("#form-pane", Pane).head(self.heading)
        for name, setting in self.rows.items():
            self.query_one(f"#{name}", Input).value = self.dashboard.call.parts.settings.text(setting)
        self.query_one(f"#{next(iter(self.rows))}").focus()

    @on(Input.Changed)
    def _judge(self, message: Input.Changed) -> None:
        name = message.input.id or ""
        try:
            row_of(self.rows[name]).setting.parse(self.rows[name], message.value)
        except SettingError:
            self.note(name, SILENT, row_of(self.rows[name]).setting.allowed())
        else:
            self.note(name, OK if message.value else None, self.remark(name, message.value))

    def remark(self, name: str, text: str) -> str:
        """Beside a field that is right."""
        return ""

    async def submit(self) -> None:
        """All fields together, or none."""
        words = (f"{setting}={quote_value(self.value(name))}" for name, setting in self.rows.items())
        call = self.dashboard.call
        try:
            await asyncio.wrap_future(call.parts.hub.ask(run_line, call, f"set {' '.join(words)}"))
        except BusmeisterError as error:
            self.refuse(sentence_of(error))
        else:
            self.dashboard.pop_screen()
            self.follow()

    def follow(self) -> None:
        """What comes next."""
        raise NotImplementedError


class PlaceAndTime(SettingsStep):
    """Name, place and zone."""

    step = 2
    heading = _("Place and time")
    fields = (("name", _("Name"), False), ("place", _("Place"), False), ("zone", _("Time zone"), False))
    rows: ClassVar[dict[str, str]] = {"name": "identity.name", "place": "identity.location", "zone": "time.zone"}

    def advice(self) -> Sequence[Line]:
        return [line((_("The zone is host, as the machine has it, or a name such as Europe/Zurich."), "grey"))]

    def remark(self, name: str, text: str) -> str:
        """Of a zone the time there, so that a wrong one is seen."""
        if name != "zone":
            return ""
        zone = row_of("time.zone").setting.parse("time.zone", text).info
        return _("{} now").format(f"{self.dashboard.call.now().astimezone(zone):%H:%M, %d.%m.%Y}")

    def follow(self) -> None:
        self.dashboard.push_screen(FirstLine())


class FirstLine(SettingsStep):
    """The line of the first segment; meters are added on their screen."""

    step = 3
    heading = _("Meters")
    fields = (("line", _("Line"), False),)
    rows: ClassVar[dict[str, str]] = {"line": "segment.main.url"}

    def advice(self) -> Sequence[Line]:
        return [
            line((_("serial:///dev/ttyUSB0 is a converter here, tcp://host:port one on the network,"), "grey")),
            line((_("simulated://apartment-block a building to try. Empty: no meters yet."), "grey")),
        ]

    def follow(self) -> None:
        self.dashboard.go("meters")


def steps(now: int) -> Line:
    """`● 1 Set-up code ── ▶ 2 Administrator ── ○ 3 Place and time ── ○ 4 Meters`."""
    pieces: list[Piece] = []
    for number, words in enumerate(STEPS):
        mark = OK if number < now else RUNNING if number == now else NEVER
        style = f"strong {mark.word}" if number == now else mark.word if number < now else "grey"
        pieces += [Piece("  ──  ", "rule")] if pieces else []
        pieces += [marked(mark), Piece(f" {number + 1} {words}", style)]
    return tuple(pieces)
