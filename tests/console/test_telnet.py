"""The telnet door: pipes and terminals, half-closed connections, and clients that mean no good."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from ipaddress import ip_address
from typing import Any

import pytest

from appliance.events import BusTraffic
from console.telnet import protocol
from console.telnet.server import TelnetConsole
from tests.console.telnet_clients import DO, HELLO, IAC, NAWS, SB, SE, TTYPE, WILL, WONT, Client, serve
from tests.operations.world import World


def test_pipe_gets_plain_answers_also_after_it_closed_its_side(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set_up()

    async def story(console: TelnetConsole) -> None:
        client = await Client.connect(console)
        client.type(b"show version\nmeter list\nscript on")
        client.writer.write_eof()
        assert (await client.rest()).split(b"\r\n") == [
            b"busmeister 0.1.0",
            b"OK",
            b'ERROR "meter list" needs level 1: login',
            b"OK",
            b"",
        ]

    serve(world, monkeypatch, story)


def test_client_that_waits_for_us_is_asked_what_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(console: TelnetConsole) -> None:
        client = await Client.connect(console)
        await client.see(bytes([IAC, DO, TTYPE]))
        client.type(HELLO)
        await client.see(b"0>")
        client.type(b"quit\r\0")
        await client.rest()

    serve(world, monkeypatch, story)


def test_client_that_refuses_everything_is_a_pipe(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(console: TelnetConsole) -> None:
        client = await Client.connect(console)
        client.type(bytes([IAC, WONT, TTYPE]) + b"show version\r\n")
        assert b"busmeister 0.1.0\r\nOK\r\n" in await client.see(b"OK")
        client.type(b"quit\r\n")
        await client.rest()

    serve(world, monkeypatch, story)


def test_pipe_beside_an_open_prompt_upsets_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "NEGOTIATION_TIME", 0.2)
    monkeypatch.setattr(protocol, "GRACE", 0.05)
    failures: list[dict[str, Any]] = []

    async def story(console: TelnetConsole) -> None:
        def keep(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            failures.append(context)

        loop = asyncio.get_running_loop()
        loop.set_exception_handler(keep)
        person = await Client.connect(console)
        person.type(HELLO)
        await person.see(b"0>")
        pipe, until = await Client.connect(console), loop.time() + 0.5
        while loop.time() < until:  # longer than the server waits for what a client can do
            pipe.type(b"show version\r\n")
            await pipe.see(b"busmeister")
        assert loop.get_exception_handler() is keep
        person.type(b"quit\r\0")
        await person.rest()

    serve(world, monkeypatch, story)
    assert failures == []


def test_terminal_is_greeted_and_its_window_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(console: TelnetConsole) -> None:
        client = await Client.connect(console)
        client.type(HELLO)
        await client.see(b"0>")
        client.type(b"show version\r\0")
        await client.see(b"busmeister 0.1.0")
        client.type(bytes([IAC, SB, NAWS, 0, 40, 0, 10, IAC, SE]))
        client.type(b"help\r\0")
        await client.see(b"more: space")
        client.type(b"q")
        client.type(b"\x04")
        await client.rest()

    serve(world, monkeypatch, story)


def test_notice_stands_before_the_greeting_line_by_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.settings.set({"identity.banner": "Private.\nKeep out."}, "test")

    async def story(console: TelnetConsole) -> None:
        client = await Client.connect(console)
        client.type(HELLO)
        seen = await client.see(b"0>")
        assert seen.index(b"Private.\r\nKeep out.\r\n") < seen.index(b"Log in" if b"Log in" in seen else b"Not set up")
        client.type(b"\x04")
        await client.rest()

    serve(world, monkeypatch, story)


def test_interrupt_of_the_telnet_client_is_ctrl_c(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(console: TelnetConsole) -> None:
        client = await Client.connect(console)
        client.type(HELLO)
        await client.see(b"3>")
        client.type(b"bus watch\r\0")
        await asyncio.to_thread(until, world, watched=True)
        client.type(bytes([IAC, 244]))
        await asyncio.to_thread(until, world, watched=False)
        client.type(b"quit\r\0")
        await client.rest()

    serve(world, monkeypatch, story, level=3)


def test_disconnected_person_leaves_nothing_behind_and_comes_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(console: TelnetConsole) -> None:
        client = await Client.connect(console)
        client.type(HELLO)
        await client.see(b"3>")
        client.type(b"bus watch\r\0")
        await asyncio.to_thread(until, world, watched=True)
        client.writer.transport.abort()
        await asyncio.to_thread(until, world, watched=False)
        again = await Client.connect(console)
        again.type(HELLO)
        await again.see(b"3>")

    serve(world, monkeypatch, story, level=3)


def until(world: World, *, watched: bool) -> None:
    while world.hub.wanted(BusTraffic) is not watched:
        threading.Event().wait(0.001)


def test_fifth_connection_of_one_address_takes_the_place_of_its_oldest_silent_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(console: TelnetConsole) -> None:
        clients = [await Client.connect(console) for _ in range(5)]
        await clients[0].rest()
        for client in clients[1:]:
            client.type(b"show version\n")
            await client.see(b"OK")
        assert await (await Client.connect(console)).rest() == b"", "all four are in use"

    serve(world, monkeypatch, story)


def test_crowd_at_another_door_is_counted_and_gives_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lobby = world.parts.doorkeeper.lobby
    hung_up: list[int] = []

    async def story(console: TelnetConsole) -> None:
        for number in range(20):
            lobby.enter(ip_address(f"192.0.2.{number}"), partial(hung_up.append, number))
        client = await Client.connect(console)
        client.type(b"show version\n")
        await client.see(b"OK")

    serve(world, monkeypatch, story)
    assert hung_up == [0]


def test_one_more_than_may_be_logged_in_is_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.settings.set({"console.max_clients": "1"}, "test")

    async def story(console: TelnetConsole) -> None:
        first = await Client.connect(console)
        first.type(b"whoami\n")
        await first.see(b"OK")
        second = await Client.connect(console)
        second.type(b"whoami\n")
        assert b"ERROR Closed: too many are logged in already." in await second.rest()
        first.type(b"quit\n")
        await first.rest()
        third = await Client.connect(console)
        third.type(b"whoami\n")
        await third.see(b"OK")

    serve(world, monkeypatch, story, level=3)


def test_client_that_is_not_listed_sees_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.settings.set({"console.allow": "10.0.0.0/8"}, "test")

    async def story(console: TelnetConsole) -> None:
        assert await (await Client.connect(console)).rest() == b""

    serve(world, monkeypatch, story)


@pytest.mark.parametrize(
    "octets",
    [
        bytes([IAC, SB, TTYPE]) + b"x" * 100_000,
        bytes([IAC, SB, 39, 0]) + b"\3VAR\1value" * 50 + bytes([IAC, SE]),
        bytes([IAC, WILL, 86, IAC, WILL, 87, IAC, DO, 86, IAC, SB, 86, IAC, SE]) * 500,
        bytes([IAC]) * 50_001,
        bytes(range(256)) * 300,
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00" + b"\0" * 300,
        b"",
    ],
    ids=range(8),
)
def test_nonsense_harms_nobody(world: World, monkeypatch: pytest.MonkeyPatch, octets: bytes) -> None:
    async def story(console: TelnetConsole) -> None:
        bad = await Client.connect(console)
        bad.type(octets)
        bad.writer.write_eof()
        await bad.rest()
        good = await Client.connect(console)
        good.type(b"show version\r\n")
        await good.see(b"OK")

    serve(world, monkeypatch, story)


def test_client_that_reads_nothing_is_hung_up_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(console: TelnetConsole) -> None:
        deaf = await Client.connect(console)
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]  # it is a socket's
        deaf.type(b"help\n" * 5000)
        hearing = await Client.connect(console)
        hearing.type(b"show version\n")
        await hearing.see(b"OK")
        deaf.writer.transport.abort()

    serve(world, monkeypatch, story)
