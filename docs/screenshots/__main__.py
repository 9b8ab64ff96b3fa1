"""Pictures of the dashboard: `python -m docs.screenshots [FOLDER]`.

A simulated building is read for two days of virtual time by the real engine into a real store; then the dashboard is
driven by keys and photographed as SVG, in the middle of a round.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from docs.screenshots.house import House
from tui.app import Dashboard
from tui.feed import Feed
from tui.terminal import Terminal

NOW: Final = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)  # 14:30 in Berlin, when a round begins
INTO_THE_ROUND: Final = 31.0  # seconds
WIDE, SMALL = (140, 45), (80, 24)
TRAFFIC: Final = "traffic"  # among the keys: let what was on the wire a moment ago be seen
LOOK: Final = 0.7  # seconds, more than the bus screen's own period


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: the keys, or an address and keys, that lead there, at a size, in a theme."""

    name: str
    keys: tuple[str, ...]
    size: tuple[int, int] = WIDE
    theme: str = "dark"

    @property
    def file(self) -> str:
        """`overview-140x45-dark.svg`."""
        return f"{self.name}-{self.size[0]}x{self.size[1]}-{self.theme}.svg"


SCREENS: Final = (
    Picture("overview", ("1",)),
    Picture("meters", ("2", *["down"] * 4)),
    Picture("meter", ("2", *["down"] * 4, "enter", *["down"] * 6, "d")),
    Picture("bus", ("3", TRAFFIC, *["tab"], *["down"] * 3)),
)
SIZES: Final = ((WIDE, "dark"), (WIDE, "light"), (SMALL, "dark"))
MORE: Final = (
    Picture("chart", ("2", *["down"] * 4, "enter", *["down"] * 6, "c", "d")),
    Picture("settings", ("settings/bus.readout.readout_retries", "enter", "ctrl+u", "5", "enter")),
    Picture("panel", ("8",)),
    Picture("services", ("6",)),
)
PICTURES: Final = (*(replace(p, size=size, theme=theme) for p in SCREENS for size, theme in SIZES), *MORE)


async def photograph(house: House, pictures: Sequence[Picture], folder: Path) -> None:
    """One dashboard per picture, all over the same building."""
    for picture in pictures:
        house.settings.set({"dashboard.theme": picture.theme}, "screenshots")
        feed = Feed(house.parts)
        app = Dashboard(feed, house.call, terminal=Terminal())
        async with app.run_test(size=picture.size) as pilot:
            house.publish_round()
            await feed.tick()
            for key in picture.keys:
                if key == TRAFFIC:
                    house.publish_traffic()
                    await pilot.pause(LOOK)
                elif "/" in key:
                    app.go(key)
                    await settle(app, pilot.pause)
                else:
                    await pilot.press(key)
                await pilot.pause()
            await settle(app, pilot.pause)
            (folder / picture.file).write_text(own_font(app.export_screenshot(title="busmeister")), encoding="utf-8")


def own_font(svg: str) -> str:
    """With fonts of the reader's machine: a picture fetches nothing from the network."""
    without = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return without.replace("Fira Code", "DejaVu Sans Mono").replace("monospace", "Menlo, Consolas, monospace")


async def settle(app: Dashboard, pause: object) -> None:
    """Until nothing is asked any more."""
    with suppress(asyncio.CancelledError):
        await app.workers.wait_for_complete()
    assert callable(pause)
    await pause()


def main(arguments: Sequence[str]) -> int:
    """All pictures, or those whose name begins with the second argument."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parent
    wanted = tuple(p for p in PICTURES if p.file.startswith(arguments[1] if len(arguments) > 1 else ""))
    with tempfile.TemporaryDirectory() as data:
        house = House(Path(data))
        try:
            house.live_until(NOW.timestamp() + INTO_THE_ROUND)
            asyncio.run(photograph(house, wanted, folder))
        finally:
            house.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
