"""The way in: forms of a few fields. Nothing of the meters is shown here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from appliance.errors import BusmeisterError
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.execute import execute_named, sentence_of
from appliance.security.host_key import host_fingerprint
from tui.draw import EMPTY, Line, Piece, line, marked, spread
from tui.frame import KeyLine, StatusLine, key_line
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.words import SILENT, Mark

if TYPE_CHECKING:
    from tui.app import Dashboard


class Entrance(Screen[None]):
    """A form of a few fields; what is wrong stands beside its field."""

    CSS_PATH = "entrance.tcss"
    fields: ClassVar[tuple[tuple[str, str, bool], ...]] = ()  # name, label, secret
    leaving: ClassVar[str] = _("back")  # what esc does here
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "reveal", _("show password"), id="entrance.reveal"),
        Binding("enter", "go_on", _("go on"), id="entrance.go-on", priority=True),
        Binding("escape", "leave", _("back"), id="entrance.leave"),
    ]

    @property
    def dashboard(self) -> Dashboard:
        """The session's application."""
        return cast("Dashboard", self.app)

    def compose(self) -> ComposeResult:
        """Words, fields, words; above them the name and the clock, below them the keys."""
        yield StatusLine()
        with Container(id="entrance-body"), Vertical(id="entrance"):
            yield Lines(*self.welcome(), id="welcome")
            yield Pane(id="form-pane")
            for name, label, secret in self.fields:
                with Horizontal(classes="field"):
                    yield Lines(line(label), classes="label")
                    yield Input(password=secret, compact=True, id=name)
                    yield Lines(EMPTY, id=f"{name}-note", classes="note")
            yield Lines(EMPTY, id="refusal")
            yield Lines(*self.advice(), id="advice")
        yield KeyLine()

    def on_mount(self) -> None:
        """The clock goes on here, too."""
        self._draw_frame()
        self.set_interval(1, self._draw_frame)

    def _draw_frame(self) -> None:
        parts, now = self.dashboard.call.parts, self.dashboard.now()
        state = line() if parts.doorkeeper.is_set_up else line((_(" not set up"), "flag"))
        left = (*line(" ", ("busmeister ", "strong accent"), (parts.settings.identity.name, "strong")), *state)
        clock = line((f"{now:%H:%M:%S}", "strong"), " ")
        self.query_one(StatusLine).make(lambda cells: spread(left, clock, cells))
        self.query_one(KeyLine).make(lambda cells: key_line(self._shown_keys(), cells, help_too=False))

    def _shown_keys(self) -> Sequence[Binding]:
        """Those that the last line names."""
        reveal = [Binding("f2", "", _("show password"))] if any(secret for _name, _label, secret in self.fields) else []
        leave = self.leaving if self.dashboard.is_in else _("leave")
        return (
            Binding("tab", "", _("next field")),
            Binding("enter", "", _("go on")),
            Binding("escape", "", leave),
            *reveal,
        )

    def welcome(self) -> Sequence[Line]:
        """Above the form."""
        raise NotImplementedError

    def advice(self) -> Sequence[Line]:
        """Below it."""
        raise NotImplementedError

    def fingerprint(self) -> Line:
        """Of the SSH host key, to compare with what a client shows."""
        return line((_("SSH host key "), "grey"), host_fingerprint(self.dashboard.call.parts.data_folder))

    def value(self, name: str) -> str:
        """What was typed."""
        return self.query_one(f"#{name}", Input).value

    def note(self, name: str, mark: Mark | None, words: str) -> None:
        """Beside a field."""
        shown = (marked(mark), Piece(f" {words}", mark.word)) if mark else line((words, "grey"))
        self.query_one(f"#{name}-note", Lines).show([shown])

    def refuse(self, sentence: str) -> None:
        """What the appliance said."""
        self.query_one("#refusal", Lines).show([line((f"{SILENT.symbol} {sentence}" if sentence else "", "silent"))])

    def action_reveal(self) -> None:
        """Show what was typed, or dots again."""
        for name, _label, secret in self.fields:
            field = self.query_one(f"#{name}", Input)
            field.password = secret and not field.password

    def action_leave(self) -> None:
        """Who is not in has nothing behind this screen."""
        if self.dashboard.is_in:
            self.app.pop_screen()
        else:
            self.app.exit()

    def action_go_on(self) -> None:
        """To the next field, at once, so that what a paste brings next falls into it; from the last one in."""
        names = [name for name, _label, _secret in self.fields]
        field = self.focused if isinstance(self.focused, Input) else self.query_one(f"#{names[-1]}", Input)
        place = names.index(field.id or names[-1])
        if place + 1 < len(names):
            self.set_focus(self.query_one(f"#{names[place + 1]}", Input))
        else:
            field.call_later(self._submit)  # after what was typed into it before

    def _submit(self) -> None:
        self.run_worker(cast("Any", self.submit), exclusive=True)

    async def submit(self) -> None:
        """Ask to be let in."""
        raise NotImplementedError

    async def give(self, operation: str, **values: str) -> Answer | None:
        """The answer, where the order was taken; else its refusal is shown."""
        call = self.dashboard.call
        try:
            future = call.parts.hub.ask(execute_named, call, registry().get(operation), values)
            return await asyncio.wrap_future(future)
        except BusmeisterError as error:
            self.refuse(sentence_of(error))
            return None

    def let_in(self, answer: Answer) -> None:
        """The session is somebody's now."""
        if answer.call is not None:
            self.dashboard.call = answer.call
        self.app.pop_screen()
        if self.dashboard.is_in:
            self.dashboard.go(self.dashboard.start_screen)
            self.dashboard.say(" ".join(answer.lines) or _("Welcome."))
        else:
            self.dashboard.enter()


class Login(Entrance):
    """Name and password."""

    fields = (("name", _("Name"), False), ("password", _("Password"), True))

    def welcome(self) -> Sequence[Line]:
        """Which appliance this is, and no more."""
        parts = self.dashboard.call.parts
        name = (parts.settings.identity.name, "strong")
        return [line(("busmeister ", "strong accent"), name, (f"   {parts.version}", "grey")), EMPTY]

    def advice(self) -> Sequence[Line]:
        return [line((_("enter goes on, F2 shows the password, esc leaves"), "grey")), self.fingerprint()]

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#form-pane", Pane).head(_("Login"))
        self.query_one("#name").focus()

    async def submit(self) -> None:
        """One sentence for whatever is wrong: whether there is such a name is nobody's business."""
        answer = await self.give("login", name=self.value("name"), password=self.value("password"))
        if answer is not None:
            self.let_in(answer)
        else:
            field = self.query_one("#password", Input)
            field.value = ""
            field.focus()
