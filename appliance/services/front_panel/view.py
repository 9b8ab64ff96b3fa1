"""The panel as views see it: everything that is shown, pressed and switched, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Final

from appliance.board import Board
from appliance.operations.panel_view import ButtonView, Page, RelayView
from appliance.services.front_panel import pages
from appliance.services.front_panel.buttons import BLUE, PUSH, RED
from appliance.services.front_panel.editing import AddressEditor
from appliance.services.front_panel.network_setup import address_of
from appliance.services.front_panel.relays import RelayLogic
from appliance.services.front_panel.touches import Fingers
from appliance.services.front_panel.watch import Sight

STATES: Final = ("idle", "read", "scan", "rs", "err")
GESTURES: Final = {
    RED: (("red, short", "next page, +1"), ("red > {search:g} s", "search for meters, secondary, all speeds")),
    BLUE: (("blue, short", "next digit, end of rs"), ("blue {short:g}-{network:g} s", "network set-up")),
    PUSH: (("push, short", "next page"), ("push at power-up", "factory reset")),
}


def all_pages(sight: Sight, editor: AddressEditor | None) -> tuple[Page, ...]:
    """Every page there is, with what it would say now."""
    every = (pages.status_page(replace(sight.facts, state=state)) for state in STATES)
    shown = editor or AddressEditor([("address", address_of(sight.link) or IPv4Address(0))])
    return (*every, pages.editing_page(shown), pages.device_page(sight.facts))


def gestures(board: Board) -> tuple[tuple[str, str], ...]:
    """What the buttons of a board do, by its own times."""
    times = board.times
    known = {"search": times.search, "short": times.short, "network": times.network}
    every = [(text.format(**known), what) for one in board.buttons for text, what in GESTURES[one.role]]
    both = ((f"red + blue > {times.restart:g} s", "restart"),) if board.has(BLUE) else ()
    return (*every, *both)


def buttons(board: Board, fingers: Fingers) -> tuple[ButtonView, ...]:
    """Which are down, which are stuck."""
    return tuple(
        ButtonView(one.role, one.colour, fingers.is_down(one.role), one.role in fingers.stuck) for one in board.buttons
    )


def relays(known: Mapping[int, RelayLogic]) -> tuple[RelayView, ...]:
    """Which are switched, and why."""
    return tuple(RelayView(number, one.on, one.manual is not None, one.reason) for number, one in known.items())
