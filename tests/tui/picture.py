"""What a person sees, as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from textual.pilot import Pilot

from tests.tui.keyboard import settle
from tui.app import Dashboard

Size = tuple[int, int]
WIDE: Final[Size] = (140, 45)
COMPACT: Final[Size] = (80, 24)
BOTH: Final = (WIDE, COMPACT)


def seen(app: Dashboard) -> list[str]:
    """The lines of the screen."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def seen_in(pilot: Pilot[Any], sizes: Sequence[Size]) -> list[str]:
    """The picture in windows of some sizes, each arranged anew from the one before."""
    app, pictures = cast("Dashboard", pilot.app), []
    for size in sizes:
        if size != app.size:
            await pilot.resize_terminal(*size)
        await settle(pilot)
        pictures.append("\n".join(seen(app)))
    return pictures
