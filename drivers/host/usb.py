"""Whether a computer feeds the USB port, as the kernel tells it.

A board with a USB port of its own for computers has a device controller, whose state leaves "not attached" with the
first volt. On others the computer is at the far end of an adapter, whose line is there as long as it is plugged in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from drivers.host.files import read_word

CONTROLLERS: Final = Path("/sys/class/udc")
NO_POWER: Final = ("not attached", "")


def has_power(line: str, controllers: Path = CONTROLLERS) -> bool:
    """Of any controller; without one, whether the file of the serial line `line` is there (empty: none is named)."""
    states = [read_word(path / "state") for path in controllers.glob("*")]
    if states:
        return any(state not in NO_POWER for state in states)
    return bool(line) and Path(line).exists()
