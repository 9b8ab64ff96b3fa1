"""The lines of the front panel: the drawn device, what is held, lights, pages and presses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.operations.panel_view import ButtonView, HeldView, LightView, PanelView, PressView, RelayView
from appliance.operations.panel_view import Page as DisplayPage
from tui.draw import EMPTY, Line, Piece, cut, fit, line, width
from tui.shown import when
from tui.text import _
from tui.widgets.device import part_of
from tui.widgets.marks import gauge

INSIDE: Final = 44  # cells inside the drawn device
DISPLAY: Final = 21  # signs of a line of the display
BUTTON: Final = 9  # cells inside a drawn button
NAME: Final = 12  # cells of what a fact is about
ROOM_FOR_GESTURES: Final = 60  # cells
COLOURS: Final = {"green": "ok", "red": "silent", "yellow": "flag", "blue": "accent", "white": ""}


def device(view: PanelView) -> list[Line]:
    """Case, display, lights, buttons."""
    lights = [*view.lights]
    rows: list[Line] = [
        line(" ", ("busmeister", "strong"), (_("   board: {}").format(view.board), "grey")),
        line((f" {view.sentence}", "grey")),
        line(f"   ╭{'─' * (DISPLAY + 2)}╮"),
    ]
    for number in range(4):
        text = view.page.lines[number] if number < len(view.page.lines) else ""
        rows.append((*line("   │ "), *_display_line(view.page, number, text), *line(" │  "), *_lamp(lights, number)))
    rows += [(*line(f"   ╰{'─' * (DISPLAY + 2)}╯  "), *_lamp(lights, 4)), (*line(" " * 30), *_lamp(lights, 5))]
    rows += [EMPTY, *_buttons(view.buttons), EMPTY]
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


def _buttons(buttons: Sequence[ButtonView]) -> list[Line]:
    """Side by side, with the keys that press them below."""
    drawn = [_button(one) for one in buttons]
    rows = [tuple(piece for button in drawn for piece in button[row]) for row in range(len(drawn[0]) if drawn else 0)]
    keys = [one.role[:1] for one in buttons]
    presses = tuple(piece for key in keys for piece in _key(key, _("press")))
    holds = tuple(piece for key in keys for piece in _key(key.upper(), _("hold")))
    return [*rows, presses, (*holds, *_key("x", _("both")))] if drawn else []


def _button(one: ButtonView) -> list[Line]:
    edge = COLOURS.get(one.colour, "")
    style = f"{edge} reverse".strip() if one.pressed else edge
    rows: list[Line] = [
        (Piece(f"╭{'─' * BUTTON}╮", edge),),
        (Piece("│", edge), Piece(f"{cut(one.role, BUTTON):^{BUTTON}}", style), Piece("│", edge)),
        (Piece(f"╰{'─' * BUTTON}╯", edge),),
    ]
    return [(Piece("  "), *part_of(one.role, row)) for row in rows]


def _key(key: str, words: str) -> Line:
    return (Piece("   "), *fit(line((key, "strong accent"), (f" {words}", "grey")), BUTTON + 1))


def held(now: HeldView | None, cells: int) -> list[Line]:
    """How long, when something happens, and what."""
    if now is None:
        return [line((_(" nothing"), "grey")), EMPTY]
    begin = line((f" {' + '.join(now.buttons)} ", "silent"))
    end = line(f" {now.seconds:.1f} s ")
    mark = now.mark or max(1.0, now.seconds)
    bar = gauge(round(100 * min(now.seconds, mark)), round(100 * mark), cells - width(begin) - width(end), "silent")
    then = _(" at {:.0f} s: {}").format(now.mark, now.at_mark) if now.mark else ""
    release = _(" letting go now: {}").format(now.on_release) if now.on_release else ""
    return [(*begin, *bar, *end), line((then or release, "grey")), *([line((release, "grey"))] if then else [])]


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


def gestures(view: PanelView, cells: int) -> list[Line]:
    """What each way of pressing does."""
    shown = [_in_short(*one) for one in view.gestures] if cells < ROOM_FOR_GESTURES else view.gestures
    name = max((len(how) for how, _what in shown), default=0) + 1
    return [fit(_fact(how, line((what, "grey")), name), cells) for how, what in shown]


def _in_short(how: str, what: str) -> tuple[str, str]:
    return how.replace("red + blue", _("both")), what.partition(",")[0]


def lights(view: PanelView, *, compact: bool) -> list[Line]:
    """Every light and relay, and what it means now."""
    shown = [_light(one, compact=compact) for one in view.lights]
    return [*shown, *(_relay(one, compact=compact) for one in view.relays)]


def presses(pressed: Sequence[PressView], now: datetime, zone: ZoneInfo) -> list[Line]:
    """What was done at the buttons, newest first."""
    if not pressed:
        return [line((_(" Nothing yet."), "grey"))]
    return [_press(one, when(one.at, now, zone, seconds=True)) for one in pressed]


def _light(one: LightView, *, compact: bool) -> Line:
    return _fact(one.title, _lit(one.lit, COLOURS.get(one.colour, ""), one.word, "" if compact else one.means), NAME)


def _relay(one: RelayView, *, compact: bool) -> Line:
    state = _lit(one.on, "flag", _("on") if one.on else _("off"), "" if compact else one.reason)
    return _fact(_("relay {}").format(one.number), state, NAME)


def _press(one: PressView, at: str) -> Line:
    who = f"{one.who}: {one.outcome}".rstrip(": ")
    return (*_fact(at, (), 13), *fit(line(one.what), 20), *line((f" {who}", "grey")))


def _fact(name: str, words: Line, cells: int) -> Line:
    return (Piece(" "), *fit(line(name), cells), *words)
