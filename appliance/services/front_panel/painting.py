"""Brings pages to the display of the device: only what differs from what it shows, dimmed while nobody presses."""

from __future__ import annotations

from typing import Final

from appliance.board import Screen
from appliance.operations.panel_view import Page
from appliance.ports import Display, Picture

DIMMED: Final = 5  # percent


class Painter:
    """One display."""

    def __init__(self, display: Display, screen: Screen) -> None:
        self._display = display
        self._screen = screen
        self._page: Page | None = None
        self._picture: Picture | None = None
        self._brightness: int | None = None

    def paint(self, page: Page) -> None:
        """Show a page."""
        if page == self._page:
            return
        from appliance.services.front_panel.drawing import draw  # Pillow's 5 MB are for devices with a display alone

        self._page = page
        picture = draw(page, self._screen.width, self._screen.height, colour=self._screen.colour)
        if picture != self._picture:
            self._picture = picture
            self._display.show(picture)

    def shine(self, percent: int, *, rests: bool) -> None:
        """As bright as that, or dimmed."""
        brightness = min(DIMMED, percent) if rests else percent
        if brightness != self._brightness:
            self._brightness = brightness
            self._display.set_brightness(brightness)

    def close(self) -> None:
        """Leave it dark."""
        self._display.close()
