"""A terminal of this machine at the running appliance: over a real pty and the real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from appliance.local_socket import DASHBOARD, find_socket
from tests.operations.world import World
from tests.tui.local_terminal import Terminal, serving
from tui.attach_frames import KEYS, frame, hello, window
from tui.attach_server import AttachServer
from tui.sessions import Dashboards

ROOT = Path(__file__).resolve().parents[2]
CONNECTED = {"term": "xterm-256color", "columns": 80, "rows": 24}


@pytest.fixture
def terminal(world: World) -> Iterator[Callable[[], Terminal]]:
    with ExitStack() as opened:
        yield lambda: opened.enter_context(Terminal(world.parts.data_folder))


def test_dashboard_opens_in_a_terminal_and_leaves_it_as_it_was(world: World, terminal: Callable[[], Terminal]) -> None:
    with serving(world) as dashboards:
        one = terminal()
        one.wait_for(b"Overview")
        one.wait_for(b"What to do")
        one.type(b"q")
        assert one.end() == 0
        assert one.is_as_before
        assert b"\x1b[?1049l" in one.seen
    assert dashboards.count == 0


def test_terminal_whose_locale_has_ascii_alone_gets_nothing_else(
    world: World, terminal: Callable[[], Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    with serving(world):
        one = terminal()
        one.wait_for(b"What to do")
        one.type(b"q")
        assert one.end() == 0
    assert one.seen.isascii()


def test_terminal_is_restored_when_the_appliance_ends(world: World, terminal: Callable[[], Terminal]) -> None:
    with serving(world):
        one = terminal()
        one.wait_for(b"Overview")
    assert one.end() == 0
    assert one.is_as_before


def test_detach_key_twice_lets_go(world: World, terminal: Callable[[], Terminal]) -> None:
    with serving(world):
        one = terminal()
        one.wait_for(b"Overview")
        one.type(b"\x1c\x1c")
        assert one.end() == 0
        assert one.is_as_before


def test_without_an_appliance_one_sentence_says_what_to_do(world: World, terminal: Callable[[], Terminal]) -> None:
    one = terminal()
    assert one.end() == 1
    assert b"No appliance runs at" in one.seen


def test_lost_terminal_harms_no_other(world: World) -> None:
    async def look() -> None:
        dashboards = Dashboards(world.parts)
        server = await AttachServer.start(world.parts, dashboards)
        first, second = await _connect(world), await _connect(world)
        await _seen(first[0], b"Overview")
        await _seen(second[0], b"Overview")
        first[1].transport.abort()
        second[1].write(frame(KEYS, b"2"))
        await _seen(second[0], b"by state, then name")
        second[1].write(window(120, 40))
        second[1].write(frame(KEYS, b"q"))
        while await second[0].read(65536):
            pass
        await _leave(first[1], second[1])
        await server.close()

    asyncio.run(look())


def test_fifth_dashboard_is_told_to_close_one(world: World) -> None:
    world.settings.set({"dashboard.max_clients": "1"}, "test")

    async def look() -> bytes:
        server = await AttachServer.start(world.parts, Dashboards(world.parts))
        first, second = await _connect(world), await _connect(world)
        await _seen(first[0], b"Overview")
        said = await second[0].read()
        await _leave(first[1], second[1])
        await server.close()
        return said

    assert b"1 dashboard is open already: close it." in asyncio.run(look())


@pytest.mark.parametrize(
    "octets", [b"GET / HTTP/1.0\r\n\r\n", b"H\xff\xff\xff\xff", frame(b"H", b"[1]"), frame(b"H", b"{"), b"\x00"]
)
def test_garbage_at_the_socket_is_hung_up_on(world: World, octets: bytes) -> None:
    async def knock() -> bytes:
        server = await AttachServer.start(world.parts, Dashboards(world.parts))
        reader, writer = await asyncio.open_unix_connection(find_socket(world.parts.data_folder, DASHBOARD))
        writer.write(octets)
        writer.write_eof()
        said = await reader.read()
        await _leave(writer)
        await server.close()
        return said

    assert asyncio.run(knock()) == b""


def test_newcomer_gets_the_place_of_who_says_nothing(world: World) -> None:
    world.settings.set({"security.login.pre_login_clients": "4"}, "test")

    async def look() -> None:
        server = await AttachServer.start(world.parts, Dashboards(world.parts))
        path = find_socket(world.parts.data_folder, DASHBOARD)
        silent = [await asyncio.open_unix_connection(path) for _ in range(12)]
        reader, writer = await _connect(world)
        await _seen(reader, b"Overview")
        assert [await one.read() for one, _ in silent[:8]] == [b""] * 8
        await _leave(writer, *(one for _, one in silent))
        await server.close()

    asyncio.run(look())


def test_who_says_no_hello_is_hung_up_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.attach_server.time_for_hello", lambda parts: 0.01)

    async def wait() -> bytes:
        server = await AttachServer.start(world.parts, Dashboards(world.parts))
        reader, writer = await asyncio.open_unix_connection(find_socket(world.parts.data_folder, DASHBOARD))
        said = await reader.read()
        await _leave(writer)
        await server.close()
        return said

    assert asyncio.run(wait()) == b""


async def _connect(world: World) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_unix_connection(find_socket(world.parts.data_folder, DASHBOARD))
    writer.write(hello(dict(CONNECTED)))
    return reader, writer


async def _seen(reader: asyncio.StreamReader, sign: bytes) -> None:
    seen = b""
    while sign not in seen:
        octets = await reader.read(65536)
        assert octets, f"hung up without {sign!r}"
        seen += octets


async def _leave(*writers: asyncio.StreamWriter) -> None:
    for writer in writers:
        writer.close()
        with suppress(OSError):  # some were hung up on
            await writer.wait_closed()
