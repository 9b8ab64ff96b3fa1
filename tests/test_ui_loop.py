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


def test_mistake_that_nobody_awaits_is_logged_and_the_loop_goes_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, went_on = threading.Event(), threading.Event()
    monkeypatch.setattr(logging.getLogger("busmeister"), "propagate", True)

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
    assert {(entry.name, "fail" in entry.message) for entry in caplog.records} == {("busmeister.service.ui", True)}


def test_server_that_is_to_listen_elsewhere_is_closed_and_started_anew() -> None:
    stop, lives = threading.Event(), list[str]()

    class Door:
        async def close(self) -> None:
            lives.append("closed")

    async def start() -> Door:
        lives.append("started")
        if lives.count("started") == 1:
            ui.restart("door")
        else:
            stop.set()
        return Door()

    ui = UiLoop()
    ui.add("door", start)
    ui.run(stop)
    assert lives == ["started", "closed", "started", "closed"]


def test_server_whose_port_was_taken_is_tried_at_once_when_its_settings_change() -> None:
    stop, tries = threading.Event(), list[str]()

    async def start() -> Nothing:
        tries.append(ui.troubles.get("door", ""))
        if len(tries) == 1:
            ui.restart("door")
            raise OSError("taken")
        stop.set()
        return Nothing()

    ui = UiLoop()
    ui.add("door", start)
    ui.run(stop)
    assert tries == ["", "taken"]
    assert not ui.troubles
