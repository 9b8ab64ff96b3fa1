"""The screens there are: key, word of their address, title, and where the class is. Tabs, keys and help read this.

A screen is a `Page`; the levels below one (a meter below Meters) are pages that it pushes.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from tui.text import _

if TYPE_CHECKING:
    from tui.screens.page import Page


@dataclass(frozen=True, slots=True)
class Entry:
    """One tab."""

    key: str
    name: str  # first word of its addresses: `meters/71204518/charts`
    title: str
    place: str  # module:class, imported when first looked at

    def make(self) -> Page:
        """The screen itself."""
        module, _, word = self.place.partition(":")
        return cast("Page", getattr(importlib.import_module(module), word)())


SCREENS: Final = (
    Entry("1", "overview", _("Overview"), "tui.screens.overview:OverviewPage"),
    Entry("2", "meters", _("Meters"), "tui.screens.meters.page:MetersPage"),
    Entry("3", "bus", _("Bus"), "tui.screens.bus:BusPage"),
    Entry("4", "log", _("Log"), "tui.screens.log:LogPage"),
    Entry("5", "reports", _("Reports"), "tui.screens.reports:ReportsPage"),
    Entry("6", "services", _("Services"), "tui.screens.services:ServicesPage"),
    Entry("7", "settings", _("Settings"), "tui.screens.settings:SettingsPage"),
    Entry("8", "panel", _("Panel"), "tui.screens.panel:PanelPage"),
    Entry("9", "files", _("Files"), "tui.screens.files:FilesPage"),
)
