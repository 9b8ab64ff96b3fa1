"""The wire, and a telegram taken apart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest

from appliance.events import BusTraffic, Direction
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from tests.operations.world import World, water_meter
from tests.tui.keyboard import settle, type_keys
from tests.tui.picture import BOTH, COMPACT, WIDE, Size, seen, seen_in
from tests.tui.traffic import heat_meter, minute
from tui.app import Dashboard
from tui.draw import line
from tui.feed import Feed
from tui.screens import bus_rows
from tui.screens.bus import AT_ONCE, BusPage
from tui.traffic import Passing, Ring, row_of, what_is
from tui.widgets.table import Row

NASTY = b"\x1b[31m[red]\x07\x9b2J"


def watch(world: World, dashboard: Dashboard, keys: Sequence[str] = (), answer: bytes = b"") -> str:
    """The screen after a minute of traffic and some keys."""
    return watch_in((WIDE,), world, dashboard, keys, answer)[0]


def watch_in(
    sizes: Sequence[Size],
    world: World,
    dashboard: Dashboard,
    keys: Sequence[str] = (),
    answer: bytes = b"",
    *,
    name: str = "Flat 04-2 heat",
) -> list[str]:
    """The same in windows of some sizes."""
    world.settings.set({"segment.main.url": "simulated:house"}, "test")
    address = SecondaryAddress.parse("71204518-KAM-52-4")
    world.store.meters.add(Meter(id=0, name=name, secondary_address=address))

    async def look() -> list[str]:
        async with dashboard.run_test(size=sizes[0]) as pilot:
            await type_keys(pilot, ("3",))
            page = dashboard.page
            assert isinstance(page, BusPage)
            for event in minute(world.clock, answer=answer):
                world.hub.publish(event)
            page.look()
            await settle(pilot)
            await type_keys(pilot, keys)
            return await seen_in(pilot, sizes)

    return asyncio.run(look())


def test_traffic_says_what_each_frame_is_and_who_answered(world: World, dashboard: Dashboard) -> None:
    for picture in watch_in(BOTH, world, dashboard):
        assert "REQ_UD2 fcb 1" in picture
        assert "select 71204518" in picture
        assert "312 ms  Flat 04-2 heat       ● 00" in picture
        assert "● live" in picture


def test_long_name_leaves_room_for_the_status_of_an_answer(world: World, dashboard: Dashboard) -> None:
    for picture in watch_in(BOTH, world, dashboard, name="Flat 04-2 heat cost allocator 7"):
        assert "312 ms  Flat 04-2 heat co… 7 ● 00" in picture


def test_telegram_that_is_not_there_yet_is_told_in_a_sentence(dashboard: Dashboard) -> None:
    async def look() -> str:
        async with dashboard.run_test(size=COMPACT) as pilot:
            await type_keys(pilot, ("3",))
            return "\n".join(seen(dashboard))

    assert "None yet. The next answer is taken apart here; o takes octets in hex." in asyncio.run(look())


def test_silence_and_repeats_are_rows_of_their_own(world: World, dashboard: Dashboard) -> None:
    picture = watch(world, dashboard)
    assert picture.count("no answer in 1500 ms") == 3
    assert "retry 2" in picture


def test_light_for_an_optical_head_is_no_frame_and_no_repeat(world: World) -> None:
    light = BusTraffic("main", world.clock.now(), Direction.SENT, b"", "wake-up, 528 times 55 at 2400 Bd")
    assert what_is(light) == "wake-up"
    ring = Ring()
    for _ in range(2):
        assert ring.add(light, {}).note == line((light.note, "grey"))


def test_traffic_that_passes_while_another_screen_is_seen_is_kept(world: World, dashboard: Dashboard) -> None:
    async def story() -> tuple[list[str], bool]:
        async with dashboard.run_test(size=WIDE) as pilot:
            await type_keys(pilot, ("3", "1"))
            for event in minute(world.clock):
                world.hub.publish(event)
            await type_keys(pilot, ("3",))
            picture = seen(dashboard)
        return picture, world.hub.wanted(BusTraffic)

    picture, followed_after_all = asyncio.run(story())
    assert "retry 2" in "\n".join(picture)
    assert not followed_after_all


def test_nobody_follows_the_wire_before_it_is_first_looked_at(world: World, dashboard: Dashboard) -> None:
    async def story() -> bool:
        async with dashboard.run_test(size=WIDE) as pilot:
            await type_keys(pilot, ("2",))
            return world.hub.wanted(BusTraffic)

    assert not asyncio.run(story())


def test_quiet_line_says_when_the_next_round_begins(world: World, dashboard: Dashboard) -> None:
    async def story() -> list[str]:
        async with dashboard.run_test(size=WIDE) as pilot:
            await type_keys(pilot, ("3",))
            return await seen_in(pilot, BOTH)

    assert all("the next round begins at 06:" in picture for picture in asyncio.run(story()))


def test_telegram_is_taken_apart_into_octets_and_records(world: World, dashboard: Dashboard) -> None:
    for picture in watch_in(BOTH, world, dashboard):
        assert "68 4F 4F 68 08 1E 72 18  45 20 71 2D" in picture
        assert "24.318 MWh" in picture
        assert "checksum ● ok" in picture


def test_record_under_the_cursor_is_told_in_words(world: World, dashboard: Dashboard) -> None:
    picture = watch(world, dashboard, ("tab", "down", "down", "down", "down"))
    assert "16 bit integer, instantaneous" in picture
    assert "C7 16 → 5831" in picture
    assert "octets   39-42 of 85" in picture
    assert "KAM (2C2D) version 52" in picture


def test_moving_up_stops_the_traffic_and_space_follows_again(world: World, dashboard: Dashboard) -> None:
    assert "paused, 0 newer" in watch(world, dashboard, ("up",))


def test_space_follows_again(world: World, dashboard: Dashboard) -> None:
    assert "● live" in watch(world, dashboard, ("up", "space"))


def test_failures_alone_can_be_seen(world: World, dashboard: Dashboard) -> None:
    picture = watch(world, dashboard, ("f", "down", "enter"))
    assert "silence" in picture
    assert "SND_NKE" not in picture


def test_text_of_a_hostile_meter_steers_nothing(world: World, dashboard: Dashboard) -> None:
    for picture in watch_in((*BOTH, WIDE), world, dashboard, ("tab", "end"), heat_meter(text=NASTY)):
        assert "\x1b" not in picture
        assert "\x9b" not in picture
        assert "[red]" in picture


def test_wrong_checksum_is_named_and_the_rest_still_taken_apart(world: World, dashboard: Dashboard) -> None:
    octets = bytearray(heat_meter())
    octets[-2] ^= 0xFF
    picture = watch(world, dashboard, (), bytes(octets))
    assert "The checksum is" in picture
    assert "24.318 MWh" in picture


def test_telegram_of_a_meters_history_opens_by_its_address(world: World, dashboard: Dashboard) -> None:
    async def look() -> list[str]:
        async with dashboard.run_test(size=WIDE) as pilot:
            dashboard.go(f"bus/{heat_meter().hex()}")
            await settle(pilot)
            return seen(dashboard)

    assert "24.318 MWh" in "\n".join(asyncio.run(look()))


def test_traffic_of_one_meter_alone_can_be_seen(world: World, dashboard: Dashboard) -> None:
    picture = watch(world, dashboard, ("f", "end", "enter"))
    assert "71204518" in picture
    assert "select 45120933" not in picture


def test_newest_answer_stays_in_sight_while_the_traffic_runs(world: World, dashboard: Dashboard) -> None:
    async def look() -> list[str]:
        async with dashboard.run_test(size=WIDE) as pilot:
            await type_keys(pilot, ("3",))
            page = dashboard.page
            assert isinstance(page, BusPage)
            *events, _last = minute(world.clock)
            for event in events:
                world.hub.publish(event)
            page.look()
            await settle(pilot)
            return seen(dashboard)

    picture = "\n".join(asyncio.run(look()))
    assert "REQ_UD2" in picture
    assert "24.318 MWh" in picture


def test_pasted_octets_are_taken_apart(world: World, dashboard: Dashboard) -> None:
    picture = watch(world, dashboard, ("o", *water_meter("10473001").hex(), "enter"))
    assert "412.307 m³" in picture


def test_octets_are_shown_before_they_are_sent(world: World, dashboard: Dashboard) -> None:
    picture = watch(world, dashboard, ("w", "down", "down", "enter", *"5", "enter"))
    assert "Send to Flat 04-2 heat:" in picture
    assert "68 06 06 68 53 FD 51 01 7A 05 21 16" in picture
    assert world.engine.sent == []


def test_command_is_sent_after_a_yes_and_the_meter_keeps_its_new_address(world: World, dashboard: Dashboard) -> None:
    watch(world, dashboard, ("w", "down", "down", "enter", *"5", "enter", "y"))
    wait_for_jobs(world)
    assert [octets.hex() for octets in world.engine.sent][-1] == "6806066853fd51017a052116"
    meter = world.store.meters.find(1)
    assert meter is not None
    assert meter.primary_address == 5


def test_value_that_no_meter_takes_is_refused_before_anything_is_sent(world: World, dashboard: Dashboard) -> None:
    watch(world, dashboard, ("w", "down", "down", "enter", *"251", "enter"))
    assert any("0 to 250, not 251" in said.message for said in dashboard._notifications)
    assert world.engine.sent == []


def test_lending_asks_first(world: World, dashboard: Dashboard) -> None:
    picture = watch(world, dashboard, ("l",))
    assert "Lend main to a computer?" in picture


def test_recording_asks_for_a_file_named_after_line_and_time(world: World, dashboard: Dashboard) -> None:
    assert "main-20261121-0600.bus" in watch(world, dashboard, ("e",))


def test_visitor_is_offered_no_orders(world: World) -> None:
    app = Dashboard(Feed(world.parts), world.person(1))
    picture = watch(world, app, ("w", "l", "e"))
    assert "lend bus" not in picture
    assert "Send to" not in picture


def wait_for_jobs(world: World) -> None:
    for job in world.hub.jobs.all():
        job.wait()


def test_what_passed_while_nobody_looked_is_taken_in_part_by_part(
    world: World, dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part is drawn and keys have their turn between two; no row is made twice."""
    made: list[int] = []

    def counted(one: Passing, when: datetime, *, compact: bool) -> Row:
        made.append(one.number)
        return row_of(one, when, compact=compact)

    monkeypatch.setattr(bus_rows, "row_of", counted)

    async def story() -> tuple[int, int]:
        async with dashboard.run_test(size=WIDE) as pilot:
            await type_keys(pilot, ("3", "1"))
            page = next(one for one in dashboard.opened if isinstance(one, BusPage))
            for number in range(3 * AT_ONCE):
                world.hub.publish(BusTraffic("main", world.clock.now(), Direction.SENT, bytes((number % 256,))))
            page.look()
            first = page.ring.seen
            for _turn in range(4):
                await settle(pilot)
            return first, page.ring.seen

    assert asyncio.run(story()) == (AT_ONCE, 3 * AT_ONCE)
    assert made == list(range(1, 3 * AT_ONCE + 1))
