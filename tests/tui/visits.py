"""A person at a dashboard: what is typed, and the picture that is seen then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import seen
from tui.app import Dashboard


def visit(app: Dashboard, act: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (140, 45)) -> str:
    async def run() -> str:
        async with app.run_test(size=size) as pilot:
            await act(pilot)
            await settle(pilot)
            return "\n".join(seen(app))

    return asyncio.run(run())


def keys(*names: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def press(pilot: Pilot[None]) -> None:
        await type_keys(pilot, names)

    return press
