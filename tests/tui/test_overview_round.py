"""The lines of the first screen: what a round under way does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appliance.events import RoundProgress
from appliance.operations.overview import overview
from tests.operations.world import World
from tui.screens.overview_round import round_lines

BERLIN = ZoneInfo("Europe/Berlin")
BEGAN = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
NOW = BEGAN + timedelta(seconds=26)
READS = RoundProgress(1, int(BEGAN.timestamp()), "main", 20, 17, 0, BEGAN)
WAITS = replace(READS, waits_until=BEGAN + timedelta(seconds=67))


def second_line(world: World, rounds: Mapping[str, RoundProgress], cells: int = 60) -> str:
    """What stands under the gauge of a round under way."""
    lines = round_lines(overview(world.call, ()), rounds, NOW, BERLIN, cells)
    return "".join(piece.text for piece in lines[1]).rstrip()


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (32, " ▶ waits: 3 again at 07:01:07"),
        (38, " ▶ waits until 07:01:07 to ask 3 again"),
        (60, " ▶ waits until 07:01:07 to ask 3 again              in 41 s"),
    ],
)
def test_round_that_waits_for_its_retry_does_not_say_it_reads(world: World, cells: int, words: str) -> None:
    assert second_line(world, {"main": WAITS}, cells) == words


def test_segments_that_read_are_named_while_others_wait(world: World) -> None:
    assert second_line(world, {"main": READS, "cellar": READS}).startswith(" ▶ reading cellar, main")
    assert second_line(world, {"main": WAITS, "cellar": READS}).startswith(" ▶ reading cellar  ")
    assert "to ask 6 again" in second_line(world, {"main": WAITS, "cellar": WAITS})
