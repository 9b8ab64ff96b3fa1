"""Orders about the front panel (operations.md §11): the panel itself is a service, here is what people may do to it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.panel_view import Panel, PanelView
from appliance.settings.kinds import Duration

LONGEST_PRESS: Final = 30  # seconds
RESTART_FROM: Final = 10.0  # seconds both are held
Press = Annotated[timedelta, Duration("ms", 1, LONGEST_PRESS * 1000)]


class PressedButton(StrEnum):
    """Which button."""

    RED = "red"
    BLUE = "blue"
    BOTH = "both"
    PUSH = "push"


class Confirm(StrEnum):
    """Whether it is meant."""

    YES = "yes"
    NO = "no"


@operation("show panel", level=1)
def show_panel(call: Call) -> Answer:
    """Display, LEDs and buttons as they are."""
    view = panel_of(call).view()
    lines = [
        f"board       {view.board}, {view.title}",
        *([f"            {view.sentence}"] * bool(view.sentence)),
        *(f"{'display' if not row else '':<11} | {line:<21} |" for row, line in enumerate(view.page.lines)),
        *(f"light       {light.title:<8} {light.word:<8} {light.means}".rstrip() for light in view.lights),
        *(f"button      {button.role:<8} {_button(view, button.role)}" for button in view.buttons),
        *(f"relay       {relay.number:<8} {'on' if relay.on else 'off':<8} {relay.reason}" for relay in view.relays),
    ]
    return Answer(lines=tuple(lines), data=_data(view))


@operation("panel press", level=3, audited=True)
def panel_press(
    call: Call,
    button: PressedButton,
    *,
    for_: Press = timedelta(milliseconds=200),
    confirm: Confirm = Confirm.NO,
) -> Answer:
    """Presses a button, also where no panel is fitted."""
    seconds = for_.total_seconds()
    if button is PressedButton.BOTH and seconds > RESTART_FROM and confirm is Confirm.NO:
        raise RefusedError("Holding both buttons so long restarts the appliance: confirm=yes does it.", Kind.USAGE)
    panel_of(call).press(button, seconds, call)
    return Answer(sentence=f"{button} pressed for {seconds:g} s")


@operation("panel test", level=2, long=True, audited=True)
def panel_test(call: Call) -> Answer:
    """Lights all LEDs and display in turn."""
    panel_of(call).test(call.job)
    return Answer(sentence="every light and the display were lit in turn")


def panel_of(call: Call) -> Panel[Call]:
    """The panel service."""
    if call.parts.panel is None:
        raise RefusedError("The front panel does not run.", Kind.REFUSED)
    return call.parts.panel


def _button(view: PanelView, role: str) -> str:
    button = next(one for one in view.buttons if one.role == role)
    return "stuck" if button.stuck else "pressed" if button.pressed else "up"


def _data(view: PanelView) -> dict[str, object]:
    return {
        "board": view.board,
        "drawn": view.drawn,
        "sentence": view.sentence,
        "display": {"page": view.page.name, "lines": list(view.page.lines)},
        "lights": [{"light": one.role, "shows": one.word, "means": one.means} for one in view.lights],
        "buttons": [{"button": one.role, "state": _button(view, one.role)} for one in view.buttons],
        "relays": [{"relay": one.number, "on": one.on, "reason": one.reason} for one in view.relays],
    }
