"""The device, drawn: its display, its lights, its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from appliance.errors import RefusedError
from appliance.operations.call import Call
from appliance.operations.panel_view import PanelView
from tui.draw import EMPTY, Line, line
from tui.screens import panel_lines as lines_of
from tui.screens.page import Page
from tui.screens.question import Question
from tui.text import _
from tui.widgets.device import Device
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane

SHORTLY: Final = 0.2  # seconds
PRESSES: Final = 8  # that are shown
BOTH: Final = "both"


class PanelPage(Page):
    """The drawing at the left, what it means at the right, all pages of the display below."""

    name_of_tab = "panel"
    purpose = _("The front panel as it is now: look at it, and press its buttons from afar.")
    CSS_PATH = "panel.tcss"
    period = 0.5  # lights blink at 1 Hz at most
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "press('red')", _("press"), key_display="r b p", id="panel.red"),
        Binding("b", "press('blue')", show=False, id="panel.blue"),
        Binding("p", "press('push')", show=False, id="panel.push"),
        Binding("R", "hold('red')", _("hold, let go"), key_display="R B P", id="panel.hold-red"),
        Binding("B", "hold('blue')", show=False, id="panel.hold-blue"),
        Binding("P", "hold('push')", show=False, id="panel.hold-push"),
        Binding("x", "hold('both')", _("red + blue"), id="panel.both"),
        Binding("n", "next", _("next page"), id="panel.next"),
        Binding("k", "board", _("board"), id="panel.board"),
    ]
    levels: ClassVar[dict[str, int]] = {"press": 2, "hold": 2}

    def __init__(self) -> None:
        super().__init__()
        self.view: PanelView | None = None
        self._held = ""

    def body(self) -> ComposeResult:
        with Horizontal(id="device-row"):
            yield Device(EMPTY, id="device")
            with Vertical(id="beside-device"):
                yield Pane(Lines(id="gestures"), id="gestures-pane")
                yield Pane(Lines(id="held"), id="held-pane")
                yield Pane(Lines(id="lights"), id="lights-pane")
        yield Pane(Lines(id="pages"), id="pages-pane")
        yield Pane(Lines(id="presses"), id="presses-pane")

    def on_screen_suspend(self) -> None:
        """Nobody holds a button any more."""
        self._let_go()

    async def load(self) -> None:
        """As it is now."""
        self.view = await self.ask(view_of)
        if self.view is None:
            nothing = line((_(" The front panel does not run. k chooses a board to draw."), "grey"))
            self.query_one("#device", Device).show([nothing])
        else:
            self._draw(self.view)

    def action_press(self, button: str) -> None:
        """Shortly."""
        self._tell(button, "press")

    def action_hold(self, button: str) -> None:
        """Until pressed again; both together restart the appliance, so that is asked first."""
        if self._held:
            self._let_go()
        elif button == BOTH:
            question = Question(_("Holding red and blue restarts the appliance."), _("Hold them? x lets go."))
            self.app.push_screen(question, lambda yes: self._hold(button) if yes else None)
        else:
            self._hold(button)

    def action_next(self) -> None:
        """The next page of the display."""
        self._tell("", "next")

    def action_board(self) -> None:
        """Choose which panel is fitted, or drawn."""
        self.dashboard.go("settings/panel.board")

    @on(Device.Pressed)
    def _mouse_down(self, message: Device.Pressed) -> None:
        if self.dashboard.call.level >= self.levels["hold"]:
            self._hold(message.button)
        else:
            self.dashboard.complain(_("The buttons need level {}.").format(self.levels["hold"]))

    @on(Device.Released)
    def _mouse_up(self) -> None:
        self._let_go()

    def _hold(self, button: str) -> None:
        """One at a time."""
        self._let_go()
        self._held = button
        self._tell(button, "down")

    def _let_go(self) -> None:
        if self._held:
            button, self._held = self._held, ""
            self._tell(button, "up")

    def _tell(self, button: str, what: str) -> None:
        self.run_worker(self._told(button, what), exit_on_error=True)

    async def _told(self, button: str, what: str) -> None:
        sentence = await self.ask(push, button, what)
        if sentence:
            self.dashboard.complain(sentence)
        self.reload()

    def _draw(self, view: PanelView) -> None:
        compact, beside = self.dashboard.compact, self.query_one("#beside-device").size.width
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        self.query_one("#device", Device).show(lines_of.device(view))
        self._pane("gestures", _("What the buttons do"), lines_of.gestures(view, beside))
        self._pane("held", _("Held now"), lines_of.held(view.held, beside))
        self._pane("lights", _("Lights"), lines_of.lights(view, compact=compact))
        self._pane("pages", _("Pages of the display"), lines_of.pages(view.pages, self.size.width - 2))
        self._pane("presses", _("Pressed lately"), lines_of.presses(view.pressed[:PRESSES], now, zone))

    def _pane(self, name: str, title: str, lines: Sequence[Line]) -> None:
        self.query_one(f"#{name}-pane", Pane).head(title)
        self.query_one(f"#{name}", Lines).show(lines)


def view_of(call: Call) -> PanelView | None:
    """The panel, where there is one."""
    call.need_level(1, _("the panel"))
    return call.parts.panel.view() if call.parts.panel else None


def push(call: Call, button: str, what: str) -> str:
    """Do something at the buttons; the refusal, where it is refused."""
    panel = call.parts.panel
    if panel is None:
        return _("The front panel does not run: set panel.board chooses one.")
    try:
        match what:
            case "press":
                panel.press(button, SHORTLY, call)
            case "down":
                panel.down(button, call)
            case "up":
                panel.up(button, call)
            case _:
                panel.next_page()
    except RefusedError as error:
        return error.sentence
    return ""
