"""What a person is told in passing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from textual.widgets._toast import Toast

from tests.tui.keyboard import settle
from tests.tui.picture import seen
from tui.app import Dashboard
from tui.toasts import MOST

SIZES = pytest.mark.parametrize("size", [(140, 45), (80, 24)])


def told(dashboard: Dashboard, sentences: Iterable[str], size: tuple[int, int]) -> tuple[str, int]:
    """The screen after some complaints, and how many toasts are on it."""

    async def run() -> tuple[str, int]:
        async with dashboard.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            for sentence in sentences:
                dashboard.complain(sentence)
                await settle(pilot)
            await settle(pilot)
            return "\n".join(seen(dashboard)), len(dashboard.screen.query(Toast))

    return asyncio.run(run())


@SIZES
def test_only_the_newest_are_seen(dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture, toasts = told(dashboard, [f"trouble {number}" for number in range(20)], size)
    assert toasts == MOST
    assert [f"trouble {number}" in picture for number in (16, 17, 18, 19)] == [False, True, True, True]
    assert "1 Overview" in picture


@SIZES
def test_sentence_that_is_said_again_says_how_often(dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture, toasts = told(dashboard, ["no line", "line locked", "no line", "no line"], size)
    assert toasts == 2
    assert "no line (3 times)" in picture
    assert "line locked" in picture
