"""The wire, and a telegram taken apart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from appliance.events import BusTraffic
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from tests.operations.world import World
from tests.tui.picture import seen
from tests.tui.traffic import heat_meter, minute
from tui.app import Dashboard
from tui.screens.bus import BusPage

WIDE, COMPACT = (140, 45), (80, 24)
NASTY = b"\x1b[31m[red]\x07\x9b2J"


def watch(
    world: World, dashboard: Dashboard, size: tuple[int, int], keys: Sequence[str] = (), answer: bytes = b""
) -> list[str]:
    """The screen after a minute of traffic and some keys."""
    world.settings.set({"segment.main.url": "simulated:house"}, "test")
    address = SecondaryAddress.parse("71204518-KAM-52-4")
    world.store.meters.add(Meter(id=0, name="Flat 04-2 heat", secondary_address=address))

    async def look() -> list[str]:
        async with dashboard.run_test(size=size) as pilot:
            await pilot.press("3")
            await pilot.pause()
            page = dashboard.page
            assert isinstance(page, BusPage)
            for event in minute(world.clock, answer=answer):
                world.hub.publish(event)
            page.take_in()
            await pilot.pause()
            await pilot.press(*keys)
            await pilot.pause()
            return seen(dashboard)

    return asyncio.run(look())


@pytest.mark.parametrize("size", [WIDE, COMPACT])
def test_traffic_says_what_each_frame_is_and_who_answered(
    world: World, dashboard: Dashboard, size: tuple[int, int]
) -> None:
    picture = "\n".join(watch(world, dashboard, size))
    assert "REQ_UD2 fcb 1" in picture
    assert "select 71204518" in picture
    assert "312 ms  Flat 04-2 heat  ● 00" in picture
    assert "● live" in picture


def test_silence_and_repeats_are_rows_of_their_own(world: World, dashboard: Dashboard) -> None:
    picture = "\n".join(watch(world, dashboard, WIDE))
    assert picture.count("no answer in 1500 ms") == 3
    assert "retry 2" in picture


@pytest.mark.parametrize("size", [WIDE, COMPACT])
def test_telegram_is_taken_apart_into_octets_and_records(
    world: World, dashboard: Dashboard, size: tuple[int, int]
) -> None:
    picture = "\n".join(watch(world, dashboard, size))
    assert "68 4F 4F 68 08 1E 72 18  45 20 71 2D" in picture
    assert "24.318 MWh" in picture
    assert "checksum ● ok" in picture


def test_record_under_the_cursor_is_told_in_words(world: World, dashboard: Dashboard) -> None:
    picture = "\n".join(watch(world, dashboard, WIDE, ("tab", "down", "down", "down", "down")))
    assert "16 bit integer, instantaneous" in picture
    assert "C7 16 → 5831" in picture
    assert "octets   39-42 of 85" in picture
    assert "KAM (2C2D) version 52" in picture


def test_moving_up_stops_the_traffic_and_space_follows_again(world: World, dashboard: Dashboard) -> None:
    assert "paused, 0 newer" in "\n".join(watch(world, dashboard, WIDE, ("up",)))


def test_space_follows_again(world: World, dashboard: Dashboard) -> None:
    assert "● live" in "\n".join(watch(world, dashboard, WIDE, ("up", "space")))


def test_failures_alone_can_be_seen(world: World, dashboard: Dashboard) -> None:
    picture = "\n".join(watch(world, dashboard, WIDE, ("f",)))
    assert "silence" in picture
    assert "SND_NKE" not in picture


@pytest.mark.parametrize("size", [WIDE, COMPACT])
def test_text_of_a_hostile_meter_steers_nothing(world: World, dashboard: Dashboard, size: tuple[int, int]) -> None:
    picture = "\n".join(watch(world, dashboard, size, ("tab", "end"), heat_meter(text=NASTY)))
    assert "\x1b" not in picture
    assert "\x9b" not in picture
    assert "[red]" in picture


def test_wrong_checksum_is_named_and_the_rest_still_taken_apart(world: World, dashboard: Dashboard) -> None:
    octets = bytearray(heat_meter())
    octets[-2] ^= 0xFF
    picture = "\n".join(watch(world, dashboard, WIDE, (), bytes(octets)))
    assert "The checksum is" in picture
    assert "24.318 MWh" in picture


def test_nobody_is_followed_while_another_screen_is_seen(world: World, dashboard: Dashboard) -> None:
    async def look() -> list[bool]:
        wanted = []
        async with dashboard.run_test(size=WIDE) as pilot:
            for key in ("3", "1", "3"):
                await pilot.press(key)
                await pilot.pause()
                wanted.append(world.hub.wanted(BusTraffic))
        return [*wanted, world.hub.wanted(BusTraffic)]

    assert asyncio.run(look()) == [True, False, True, False]


def test_telegram_of_a_meters_history_opens_by_its_address(world: World, dashboard: Dashboard) -> None:
    async def look() -> list[str]:
        async with dashboard.run_test(size=WIDE) as pilot:
            dashboard.go(f"bus/{heat_meter().hex()}")
            await pilot.pause()
            await pilot.pause()
            return seen(dashboard)

    assert "24.318 MWh" in "\n".join(asyncio.run(look()))
