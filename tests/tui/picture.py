"""What a person sees, as text."""

from __future__ import annotations

from tui.app import Dashboard


def seen(app: Dashboard) -> list[str]:
    """The lines of the screen."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]
