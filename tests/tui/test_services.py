"""What runs, and who can reach it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from appliance.operations.services import Reach, services
from appliance.supervisor import ServiceStatus, State
from tests.operations.orders import order
from tests.operations.world import World
from tests.tui.keyboard import type_keys
from tests.tui.picture import BOTH, WIDE, Size, seen_in
from tui.app import Dashboard
from tui.feed import Feed

FAULT = "gpiochip0 is [red]not[/] there."


def look(
    world: World,
    keys: Sequence[str] = (),
    workers: Sequence[ServiceStatus] = (),
) -> str:
    """The screen, with one service that runs and one that waits, or with these."""
    return look_in((WIDE,), world, keys, workers)[0]


def look_in(
    sizes: Sequence[Size], world: World, keys: Sequence[str] = (), workers: Sequence[ServiceStatus] = ()
) -> list[str]:
    """The same in windows of some sizes."""
    now = world.clock.now()
    states = workers or [
        ServiceStatus("bus", State.RUNNING, now),
        ServiceStatus("front panel", State.WAITING, now, FAULT, failures=6, restarts=6, pause=48.0),
    ]
    parts = replace(world.parts, services=lambda: states)
    app = Dashboard(Feed(parts), replace(world.call, parts=parts))

    async def run() -> list[str]:
        async with app.run_test(size=sizes[0]) as pilot:
            await type_keys(pilot, ("6",))
            await type_keys(pilot, keys)
            return [f"{picture}\n{app.current_mode}" for picture in await seen_in(pilot, sizes)]

    return asyncio.run(run())


def test_service_that_failed_says_why_and_when_it_is_tried_again(world: World) -> None:
    for picture in look_in((*BOTH, WIDE), world):
        assert "✕ front panel" in picture
        assert "gpiochip0 is [red]not[/]" in picture
        assert "✕ 1 waiting" in picture


def test_ports_are_shown_with_who_reaches_them(world: World) -> None:
    for picture in look_in(BOTH, world):
        assert "9999" in picture
        assert "local" in picture
        assert "programs on this machine only" in picture


def test_doors_stand_before_many_workers(world: World) -> None:
    now = world.clock.now()
    workers = [ServiceStatus(f"worker {number}", State.RUNNING, now) for number in range(20)]
    workers.append(ServiceStatus("front panel", State.WAITING, now, FAULT, failures=6, restarts=6, pause=48.0))
    for picture in look_in(BOTH, world, (), workers):
        lines = picture.splitlines()
        places = [next(i for i, line in enumerate(lines) if words in line) for words in ("2222", "✕ front", "worker 0")]
        assert places == sorted(places)
        assert any("9999" in line for line in lines[: places[0]])


def test_enter_leads_to_the_settings_of_a_service(world: World) -> None:
    assert look(world, ("enter",)).endswith("settings")


def test_who_is_here_is_listed(world: World) -> None:
    world.parts.doorkeeper.sessions.open("ssh", "192.168.14.33", lambda: None, user="anna", level=3)
    assert "ssh 192.168.14.33 · level 3" in look(world)


def test_plain_port_open_to_all_is_exposed_once_there_are_users(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.settings.set({"console.listen": "0.0.0.0", "console.tls": "required"}, "test")
    doors = {one.name: one for one in services(world.call).services}
    assert doors["console"].reach is Reach.LOCAL
    monkeypatch.setattr(type(world.parts.doorkeeper), "is_set_up", property(lambda keeper: True))
    doors = {one.name: one for one in services(world.call).services}
    assert doors["console"].reach is Reach.ALL
    assert not doors["console"].exposed
    assert replace(doors["console"], encrypted=False).exposed


def test_exposure_and_clients_are_shown_alone(world: World) -> None:
    world.parts.doorkeeper.sessions.open("ssh", "192.168.14.33", lambda: None, user="anna", level=3)
    assert "show exposure" in look(world, ("x",))


def test_clients_are_listed_over_the_screen(world: World) -> None:
    world.parts.doorkeeper.sessions.open("ssh", "192.168.14.33", lambda: None, user="anna", level=3)
    assert "192.168.14.33" in look(world, ("c",))


def test_ending_somebodys_sessions_asks_whose(world: World) -> None:
    world.parts.doorkeeper.sessions.open("ssh", "192.168.14.33", lambda: None, user="bert", level=1)
    assert "all sessions end" in look(world, ("K",))


def test_overview_says_what_does_not_run(world: World) -> None:
    picture = look(world, ("1",))
    assert "gpiochip0 is [red]not[/]" in picture
    assert "1 worker runs" in picture


def test_exposure_says_since_when_and_by_whom_a_door_is_open(world: World) -> None:
    order(world, "service open console allow=10.4.0.0/16 confirm=yes")
    assert "since 06:00 by anna" in look_in(BOTH, world)[0]
