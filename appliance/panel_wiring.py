"""The front panel with the hardware of its board: the part of the composition root that knows displays and pins."""

from __future__ import annotations

from collections.abc import Callable

from appliance.board import Board
from appliance.errors import SettingError
from appliance.operations.all import registry
from appliance.operations.parts import Parts
from appliance.ports import Display, Host
from appliance.services.front_panel.panel import FrontPanel
from drivers import boards
from drivers.display import LumaDisplay
from drivers.gpio import GpioPins
from drivers.simulated.panel import SimulatedPins


def front_panel(parts: Parts, host: Host, *, health: Callable[[], str]) -> FrontPanel:
    """The panel of the board in `panel.board`; a profile that cannot be taken leaves one that is drawn only."""
    board, problem = choose_board(parts.settings.panel.board)
    return FrontPanel(
        parts,
        registry(),
        board,
        pins=GpioPins(board) if board.chip else SimulatedPins(parts.clock),
        open_display=lambda: open_display(board),
        host=host,
        health=health,
        problem=problem,
    )


def choose_board(name: str) -> tuple[Board, str]:
    """The board, and what is wrong with the one asked for."""
    try:
        return boards.load(name), ""
    except SettingError as error:
        return boards.load("none"), f"{error.sentence}. The panel is drawn only."


def open_display(board: Board) -> Display | None:
    """The board's display, where it has one."""
    return LumaDisplay(board.screen, board.chip) if board.screen.driver != "none" else None
