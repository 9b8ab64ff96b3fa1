"""The way in: login, and the first start with its set-up code. Nothing of the meters is shown here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from appliance.errors import BusmeisterError
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import execute_named, sentence_of
from appliance.operations.parts import Segment
from tui.draw import EMPTY, Line, Piece, line, marked
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.words import NEVER, OK, RUNNING, SILENT, Mark

if TYPE_CHECKING:
    from tui.app import Dashboard

STEPS: Final = (_("Set-up code"), _("Administrator"), _("Place and time"), _("Meters"))
ADMINISTRATOR: Final = "admin"


class Entrance(Screen[None]):
    """A form of a few fields; what is wrong stands beside its field."""

    CSS_PATH = "entrance.tcss"
    fields: ClassVar[tuple[tuple[str, str, bool], ...]] = ()  # name, label, secret
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "reveal", _("show password"), id="entrance.reveal"),
        Binding("escape", "leave", _("back"), id="entrance.leave"),
    ]

    @property
    def dashboard(self) -> Dashboard:
        """The session's application."""
        return cast("Dashboard", self.app)

    def compose(self) -> ComposeResult:
        """Words, fields, words."""
        with Vertical(id="entrance"):
            yield Lines(*self.welcome(), id="welcome")
            yield Pane(id="form-pane")
            for name, label, secret in self.fields:
                with Horizontal(classes="field"):
                    yield Lines(line(label), classes="label")
                    yield Input(password=secret, compact=True, id=name)
                    yield Lines(EMPTY, id=f"{name}-note", classes="note")
            yield Lines(EMPTY, id="refusal")
            yield Lines(*self.advice(), id="advice")

    def welcome(self) -> Sequence[Line]:
        """Above the form."""
        raise NotImplementedError

    def advice(self) -> Sequence[Line]:
        """Below it."""
        raise NotImplementedError

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
        """Without a level there is nothing behind this screen."""
        if self.dashboard.call.level:
            self.app.pop_screen()
        else:
            self.app.exit()

    @on(Input.Submitted)
    def _next_field(self, message: Input.Submitted) -> None:
        names = [name for name, _label, _secret in self.fields]
        place = names.index(message.input.id or names[-1])
        if place + 1 < len(names):
            self.query_one(f"#{names[place + 1]}", Input).focus()
        else:
            self.run_worker(self.submit(), exclusive=True)

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
        self.dashboard.say(" ".join(answer.lines) or _("Welcome."))


class Login(Entrance):
    """Name and password."""

    fields = (("name", _("Name"), False), ("password", _("Password"), True))

    def welcome(self) -> Sequence[Line]:
        """Which appliance this is, and no more."""
        parts = self.dashboard.call.parts
        name = (parts.settings.identity.name, "strong")
        return [line(("busmeister ", "strong accent"), name, (f"   {parts.version}", "grey")), EMPTY]

    def advice(self) -> Sequence[Line]:
        return [line((_("enter goes on, F2 shows the password, esc leaves"), "grey"))]

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


class FirstStart(Entrance):
    """Set-up code and administrator; place, time and meters follow in the settings."""

    fields = (
        ("code", _("Set-up code"), False),
        ("password", _("Password"), True),
        ("again", _("Again"), True),
    )

    def welcome(self) -> Sequence[Line]:
        """What comes."""
        words = _(" is new here. Four steps; each can be changed later.")
        return [line(("busmeister", "strong accent"), words), EMPTY, steps(0), EMPTY]

    def advice(self) -> Sequence[Line]:
        found = [line((f" {one.name:<10}", "grey"), f"{one.url}  {one.state}") for one in self._lines()]
        return [
            line((_("There is no factory password. The code stands on the device's own terminal and"), "grey")),
            line((_("on its display; until this step is done, nobody can log in from elsewhere."), "grey")),
            EMPTY,
            *([line((_("Found already"), "strong")), *found] if found else []),
        ]

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#form-pane", Pane).head(_("User {}").format(ADMINISTRATOR), "level 3")
        self.query_one("#code").focus()
        self.note("code", None, _("shown on the device"))
        self.note("password", None, _("12 signs or more"))

    @on(Input.Changed)
    def _judge(self, message: Input.Changed) -> None:
        """Say at each key what is wrong yet."""
        if message.input.id == "code":
            self.query_one("#welcome", Lines).show([*self.welcome()[:2], steps(1 if message.value else 0), EMPTY])
        elif message.input.id == "password":
            self.run_worker(self._judge_password(message.value), exclusive=True, group="judge")
        self._judge_again()

    async def submit(self) -> None:
        """The first user, if code and password are taken."""
        if self.value("password") != self.value("again"):
            self.refuse(_("The two passwords differ."))
            return
        answer = await self.give("setup", code=self.value("code"), password=self.value("password"))
        if answer is not None:
            self.let_in(answer)
            self.dashboard.go("settings/identity")

    async def _judge_password(self, password: str) -> None:
        call = self.dashboard.call
        sentence = await asyncio.wrap_future(call.parts.hub.ask(judge, call, password))
        mark, words = (SILENT, sentence) if sentence else (OK, _("long and not common"))
        self.note("password", mark if password else None, words if password else _("12 signs or more"))

    def _judge_again(self) -> None:
        again = self.value("again")
        same = again == self.value("password")
        if not again:
            self.note("again", None, "")
        else:
            self.note("again", OK if same else SILENT, _("the same") if same else _("differs yet"))

    def _lines(self) -> Sequence[Segment]:
        return self.dashboard.call.parts.engine.status()


def judge(call: Call, password: str) -> str:
    """Why a password is refused; empty where it is not."""
    try:
        call.parts.doorkeeper.check_password(password, ADMINISTRATOR)
    except BusmeisterError as error:
        return error.sentence
    return ""


def steps(now: int) -> Line:
    """`● 1 Set-up code ── ▶ 2 Administrator ── ○ 3 Place and time ── ○ 4 Meters`."""
    pieces: list[Piece] = []
    for number, words in enumerate(STEPS):
        mark = OK if number < now else RUNNING if number == now else NEVER
        style = f"strong {mark.word}" if number == now else mark.word if number < now else "grey"
        pieces += [Piece("  ──  ", "rule")] if pieces else []
        pieces += [marked(mark), Piece(f" {number + 1} {words}", style)]
    return tuple(pieces)
