"""The loop of everything people look at."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from appliance.ui_loop import UiLoop


class Nothing:
    """Listens to nobody."""

    async def close(self) -> None:
        """Nothing to do."""


def test_mistake_that_nobody_awaits_is_logged_and_the_loop_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    stop, went_on = threading.Event(), threading.Event()
    logging.getLogger("busmeister").propagate = True

    def fail() -> None:
        raise ValueError("a callback's mistake")

    async def start() -> Nothing:
        loop = asyncio.get_running_loop()
        loop.call_soon(fail)
        loop.call_soon(went_on.set)
        loop.call_soon(stop.set)
        return Nothing()

    ui = UiLoop()
    ui.add("nothing", start)
    ui.run(stop)
    assert went_on.is_set()
    assert [(entry.name, "fail" in entry.message) for entry in caplog.records] == [("busmeister.service.ui", True)]
