"""The device, drawn: its display, its lights, its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from appliance.errors import RefusedError
from appliance.operations.call import Call
from appliance.operations.panel_view import HeldView, LightView, PanelView, PressView
from appliance.operations.panel_view import Page as DisplayPage
from tui.draw import EMPTY, Line, Piece, cut, fit, line
from tui.screens.page import Page
from tui.shown import when
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane

PERIOD: Final = 0.5  # lights blink at 1 Hz at most
INSIDE: Final = 44  # cells inside the drawn device
DISPLAY: Final = 21  # signs of a line of the display
BAR: Final = 40
COLOURS: Final = {"green": "ok", "red": "silent", "yellow": "flag", "blue": "accent", "white": ""}


class PanelPage(Page):
    """The drawing at the left, what it means at the right, all pages of the display below."""

    name_of_tab = "panel"
    CSS_PATH = "panel.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "press('red')", _("press"), key_display="r b p", id="panel.red"),
        Binding("b", "press('blue')", show=False, id="panel.blue"),
        Binding("p", "press('push')", show=False, id="panel.push"),
        Binding("R", "hold('red')", _("hold"), key_display="R B P", id="panel.hold-red"),
        Binding("B", "hold('blue')", show=False, id="panel.hold-blue"),
        Binding("P", "hold('push')", show=False, id="panel.hold-push"),
        Binding("x", "hold('both')", _("red + blue"), id="panel.both"),
        Binding("n", "next", _("next page"), id="panel.next"),
    ]
    levels: ClassVar[dict[str, int]] = {"press": 3, "hold": 3}

    def __init__(self) -> None:
        super().__init__()
        self.view: PanelView | None = None
        self._held = ""
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        with Horizontal(id="device-row"):
            yield Lines(EMPTY, id="device")
            with Vertical(id="beside-device"):
                yield Pane(Lines(id="gestures"), id="gestures-pane")
                yield Pane(Lines(id="held"), id="held-pane")
                yield Pane(Lines(id="lights"), id="lights-pane")
        yield Pane(Lines(id="pages"), id="pages-pane")
        yield Pane(Lines(id="presses"), id="presses-pane")

    def on_screen_resume(self) -> None:
        """Look often while this screen is seen."""
        super().on_screen_resume()
        self._timer = self._timer or self.set_interval(PERIOD, self.reload)
        self._timer.resume()

    def on_screen_suspend(self) -> None:
        """Nobody looks, and nobody holds a button."""
        if self._timer is not None:
            self._timer.pause()
        self._let_go()

    async def load(self) -> None:
        """As it is now."""
        self.view = await self.ask(view_of)
        view = self.view
        if view is None:
            self.query_one("#device", Lines).show(
                [line((_(" No panel is fitted or drawn: panel.board chooses one."), "grey"))]
            )
            return
        self.query_one("#device", Lines).show(device(view))
        self._pane(
            "gestures",
            _("What the buttons do"),
            [_fact(name, line((what, "grey")), 21) for name, what in view.gestures],
        )
        self._pane("held", _("Held now"), held(view.held))
        relays = [
            _fact(f"relay {r.number}", _lit(r.on, "flag", _("on") if r.on else _("off"), r.reason), 12)
            for r in view.relays
        ]
        self._pane("lights", _("Lights"), [*(_light(one) for one in view.lights), *relays])
        self._pane("pages", _("Pages of the display"), pages(view.pages, self.size.width - 2))
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        presses = [_press(one, when(one.at, now, zone, seconds=True)) for one in view.pressed[:8]]
        self._pane("presses", _("Pressed lately"), presses or [line((_(" Nothing yet."), "grey"))])

    def action_press(self, button: str) -> None:
        """Shortly."""
        self._tell(button, "press")

    def action_hold(self, button: str) -> None:
        """Until pressed again."""
        if self._held:
            self._let_go()
        else:
            self._held = button
            self._tell(button, "down")

    def action_next(self) -> None:
        """The next page of the display."""
        self._tell("", "next")

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
        return _("There is no panel.")
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


SHORTLY: Final = 0.2  # seconds


def device(view: PanelView) -> list[Line]:
    """Case, display, lights, buttons."""
    lights = [*view.lights]
    rows: list[Line] = [
        line(" ", ("busmeister", "strong"), f"   board: {view.board}"),
        line((f" {view.sentence}", "grey")),
        line(f"   ╭{'─' * (DISPLAY + 2)}╮"),
    ]
    for number in range(4):
        text = view.page.lines[number] if number < len(view.page.lines) else ""
        rows.append((*line("   │ "), *_display_line(view.page, number, text), *line(" │  "), *_lamp(lights, number)))
    rows += [(*line(f"   ╰{'─' * (DISPLAY + 2)}╯  "), *_lamp(lights, 4)), (*line(" " * 30), *_lamp(lights, 5))]
    pressed = {one.role: one.pressed for one in view.buttons}
    rows.append(_buttons(view, "╭─────────╮"))
    rows.append(tuple(p for one in view.buttons for p in _button(one.role, one.colour, pressed[one.role])))
    rows.append(_buttons(view, "╰─────────╯"))
    edge = Piece("│", "rule")
    top, bottom = Piece(f"╭{'─' * INSIDE}╮", "rule"), Piece(f"╰{'─' * INSIDE}╯", "rule")
    return [(Piece(" "), top), *((Piece(" "), edge, *fit(row, INSIDE), edge) for row in rows), (Piece(" "), bottom)]


def _display_line(page: DisplayPage, number: int, text: str) -> Line:
    text = f"{text:{DISPLAY}}"[:DISPLAY]
    if page.highlight is None or page.highlight[0] != number:
        return line((text, "strong curve"))
    place = page.highlight[1]
    return line(
        (text[:place], "strong curve"), (text[place : place + 1], "reverse"), (text[place + 1 :], "strong curve")
    )


def _lamp(lights: Sequence[LightView], number: int) -> Line:
    if number >= len(lights):
        return EMPTY
    one = lights[number]
    return _lit(one.lit, COLOURS.get(one.colour, ""), one.title, "")


def _lit(lit: bool, colour: str, words: str, more: str) -> Line:
    return line(("●" if lit else "○", colour if lit else "grey"), f" {words}", (f"  {more}" if more else "", "grey"))


def _buttons(view: PanelView, text: str) -> Line:
    return tuple(Piece(f"  {text}", COLOURS.get(one.colour, "")) for one in view.buttons)


def _button(role: str, colour: str, pressed: bool) -> Line:
    style = f"{COLOURS.get(colour, '')} reverse".strip() if pressed else COLOURS.get(colour, "")
    edge = COLOURS.get(colour, "")
    return (Piece("  "), Piece("│", edge), Piece(f"{cut(role, 9):^9}", style), Piece("│", edge))


def held(now: HeldView | None) -> list[Line]:
    """How long, when something happens, and what."""
    if now is None:
        return [line((_(" nothing"), "grey")), EMPTY]
    buttons = " + ".join(now.buttons)
    mark = now.mark or max(1.0, now.seconds)
    full = min(BAR, round(BAR * now.seconds / mark))
    bar = line(
        (f" {buttons} ", "silent"), ("━" * full, "silent"), ("─" * (BAR - full), "rule"), f" {now.seconds:.1f} s"
    )
    then = f" at {now.mark:.0f} s: {now.at_mark}" if now.mark else ""
    release = _("  letting go now: {}").format(now.on_release) if now.on_release else ""
    return [bar, line((then + release, "grey"))]


def pages(all_pages: Sequence[DisplayPage], cells: int) -> list[Line]:
    """Every page side by side, as many as there is room for."""
    shown = all_pages[: max(1, cells // (DISPLAY + 5))]
    names = tuple(p for page in shown for p in fit(line(" ", (page.name, "strong")), DISPLAY + 5))
    top = tuple(Piece(f" ╭{'─' * (DISPLAY + 2)}╮ ", "rule") for _page in shown)
    bottom = tuple(Piece(f" ╰{'─' * (DISPLAY + 2)}╯ ", "rule") for _page in shown)
    rows = [tuple(p for page in shown for p in _page_line(page, number)) for number in range(4)]
    return [names, top, *rows, bottom]


def _page_line(page: DisplayPage, number: int) -> Line:
    text = page.lines[number] if number < len(page.lines) else ""
    return (Piece(" │ ", "rule"), *fit(line((text, "curve")), DISPLAY), Piece(" │ ", "rule"))


def _light(one: LightView) -> Line:
    return _fact(one.title, _lit(one.lit, COLOURS.get(one.colour, ""), one.word, one.means), 12)


def _press(one: PressView, at: str) -> Line:
    return (*_fact(at, line(one.what), 13), *line((f"   {one.who}: {one.outcome}".rstrip(": "), "grey")))


def _fact(name: str, words: Line, cells: int) -> Line:
    return (Piece(" "), *fit(line(name), cells), *words)
