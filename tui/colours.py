"""The colours of the person's terminal instead of the appliance's."""

from __future__ import annotations

from rich.console import Console

from tui.terminal import Terminal


def console_for(terminal: Terminal, model: Console) -> Console:
    """What draws as this terminal can; where it writes to is the model's."""
    return Console(
        color_system=terminal.colours,
        file=model.file,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
        force_terminal=True,
        safe_box=False,
        soft_wrap=False,
        no_color=terminal.colours is None,
    )
