"""What the tabs of a meter have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.containers import Container

from appliance.operations.meter_view import MeterView
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.app import Dashboard
    from tui.screens.meter.page import MeterPage


class Tab(Container):
    """Shows one side of the meter that its page has."""

    @property
    def dashboard(self) -> Dashboard:
        """The session's application."""
        return cast("Dashboard", self.app)

    @property
    def meter_page(self) -> MeterPage:
        """The page it is on."""
        return cast("MeterPage", self.screen)

    @property
    def cells(self) -> int:
        """How wide it is, also before it was laid out."""
        return self.screen.size.width

    def show(self, view: MeterView) -> None:
        """The meter as it is now."""

    async def load(self) -> None:
        """Ask for what the view has not, and show it."""

    def take_focus(self) -> None:
        """Its first table gets the keys."""
        table = next(iter(self.query(Table)), None)
        if table is not None:
            table.focus()

    def copied(self) -> str:
        """What `Y` copies: what is under the cursor."""
        return ""
