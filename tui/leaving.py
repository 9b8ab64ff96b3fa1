"""The end of a session, asked about where something would be lost or stopped."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.screens.question import Question
from tui.text import _

if TYPE_CHECKING:
    from tui.app import Dashboard


def leave(app: Dashboard) -> None:
    """At once where nothing stands against it."""
    doubts = tuple(_doubts(app))
    if doubts:
        app.push_screen(Question(*doubts, _("Leave?")), functools.partial(_leave_if, app))
    else:
        app.exit()


def _doubts(app: Dashboard) -> Iterator[str]:
    if unsaved := sum(page.unsaved for page in app.opened):
        yield _("Not saved yet: {}. Leaving gives that up.").format(unsaved)
    if app.stops_appliance:
        yield _("This terminal runs the appliance: leaving stops it. Everything read so far stays.")


def _leave_if(app: Dashboard, yes: bool | None) -> None:
    if yes and app.stops_appliance:
        app.call.parts.lifecycle.end()
    if yes:
        app.exit()
