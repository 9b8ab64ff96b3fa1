"""The telnet door as its settings want it: TLS, visits, a port of its own, limits."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from appliance import ui_loop
from appliance.errors import RefusedError
from appliance.events import SettingsChanged
from appliance.operations.call import Call
from appliance.ui_loop import UiLoop
from console.editor.stream import Limits, Stream
from console.telnet import server, visit
from console.telnet.listening import listen
from console.telnet.server import TelnetConsole
from tests.console.telnet_clients import Client, serve
from tests.operations.world import World


def trusting(world: World) -> ssl.SSLContext:
    """A client that knows the certificate this device made for itself."""
    context = ssl.create_default_context(cafile=str(world.parts.certificates.path("self")))
    context.check_hostname = True
    return context


def test_tls_and_plain_text_share_the_port(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(console: TelnetConsole) -> None:
        encrypted = await Client.connect(console, ssl=trusting(world))
        encrypted.type(b"show version\n")
        assert await encrypted.see(b"OK") == b"busmeister 0.1.0\r\nOK\r\n"
        encrypted.writer.transport.abort()
        plain = await Client.connect(console)
        plain.type(b"show version\n")
        await plain.see(b"busmeister 0.1.0")

    serve(world, monkeypatch, story)


def test_plain_text_is_refused_where_tls_is_required(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.settings.set({"console.tls": "required"}, "test")

    async def story(console: TelnetConsole) -> None:
        client = await Client.connect(console)
        client.type(b"show version\n")
        assert await client.rest() == b"ERROR This console speaks TLS only.\r\n"

    serve(world, monkeypatch, story)


def test_console_without_a_certificate_speaks_plain_text_where_it_may(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settings.set({"tls.certificate": "office"}, "test")

    async def story(console: TelnetConsole) -> None:
        plain = await Client.connect(console)
        plain.type(b"show version\n")
        await plain.see(b"busmeister 0.1.0")

    serve(world, monkeypatch, story)
    world.settings.set({"console.tls": "required"}, "test")
    with pytest.raises(RefusedError, match="there is no certificate office"):
        serve(world, monkeypatch, story)


def test_certificate_made_anew_is_shown_to_the_next_client(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fingerprint(console: TelnetConsole) -> str:
        client = await Client.connect(console, ssl=trusting(world))
        certificate = client.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        client.writer.transport.abort()
        return hashlib.sha256(certificate).digest().hex(":").upper()

    async def story(console: TelnetConsole) -> None:
        store = world.parts.certificates
        assert await fingerprint(console) == store.get("self").fingerprint
        store.make("self", ["127.0.0.1"], timedelta(days=30))
        assert await fingerprint(console) == store.get("self").fingerprint

    serve(world, monkeypatch, story)


def test_console_that_is_open_for_a_visit_closes_and_stays_closed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(console: TelnetConsole) -> None:
        client = await Client.connect(console)
        with world.hub.follow(SettingsChanged) as following:
            world.settings.set({"console.auto_off": "1ms"}, "anna")
            for name in ("console.auto_off", "console.enabled"):
                changed = await asyncio.to_thread(following.get, 30)
                assert changed
                assert changed.names == {name}
                console.obey(changed.names)
        await client.rest()
        assert console.ports == ()

    serve(world, monkeypatch, story)
    assert not world.settings.console.enabled
    while not (rows := list(world.parts.doorkeeper.audit.rows())):  # written right after the change
        threading.Event().wait(0.001)
    assert [row.act.what for row in rows] == ["set console.enabled"]


def test_who_changes_the_door_reads_the_answer_before_it_closes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(console: TelnetConsole) -> None:
        reader, writer = await Client.connect(console), await Client.connect(console)
        reader.type(b"show version\n")
        await reader.see(b"OK")
        with world.hub.follow(SettingsChanged) as following:
            writer.type(b"set console.line=2000\nset console.allow=127.0.0.1\n")
            for _ in range(2):
                changed = await asyncio.to_thread(following.get, 30)
                assert changed
                console.obey(changed.names)
        farewell = b"ERROR Closed: the console begins anew with other settings.\r\n"
        assert (await reader.rest()).endswith(farewell)
        assert (await writer.rest()).endswith(b"OK console.line_length=2000\r\nOK\r\n" + farewell)
        await asyncio.to_thread(console_is_back, console)

    serve(world, monkeypatch, story, level=3)


def test_console_whose_new_port_is_taken_says_so_and_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui_loop, "AGAIN_AFTER", 0.01)
    stop, taken, ui = threading.Event(), threading.Event(), UiLoop()

    def listening(address: str, port: int) -> socket.socket:
        if taken.is_set():
            raise RefusedError("taken")
        return listen(address, 0)

    monkeypatch.setattr(server, "listen", listening)
    console = TelnetConsole(replace(world.parts, restart=ui.restart))
    ui.add(console.name, console.start)
    thread = threading.Thread(target=ui.run, args=(stop,))
    thread.start()
    console_is_back(console)
    taken.set()
    console.obey(frozenset({"console.port"}))
    while not ui.troubles:
        threading.Event().wait(0.001)
    assert (ui.troubles, console.ports) == ({"console": "taken"}, ())
    taken.clear()
    console_is_back(console)
    stop.set()
    thread.join()
    assert not ui.troubles


def console_is_back(console: TelnetConsole) -> None:
    while not console.ports:
        threading.Event().wait(0.001)


def test_time_of_a_visit_counts_from_the_start_and_ends_when_it_is_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settings.set({"console.auto_off": "60"}, "test")

    async def story(console: TelnetConsole) -> None:
        timer = console._auto_off._timer
        assert timer is not None
        assert round(timer.when() - asyncio.get_running_loop().time()) == 3600
        world.settings.set({"console.auto_off": "0"}, "test")
        console.obey(frozenset({"console.auto_off"}))
        await asyncio.sleep(0)
        assert timer.cancelled()

    serve(world, monkeypatch, story)


def test_session_obeys_the_limits_of_the_settings(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Limits] = []

    async def look(stream: Stream, call: Call, limits: Limits, **named: object) -> None:
        seen.append(limits)

    monkeypatch.setattr(visit, "serve", look)

    async def story(console: TelnetConsole) -> None:
        for _ in range(2):
            client = await Client.connect(console)
            client.type(b"\n")
            await client.rest()
            world.settings.set({"console.idle_timeout": "90"}, "test")
            keeper = world.parts.doorkeeper
            if not keeper.is_set_up:
                keeper.setup(keeper.setup_code, "correct horse 9", door="local", source="test")

    serve(world, monkeypatch, story)
    assert seen == [Limits(idle=60, before_login=60), Limits(idle=90, before_login=15)]
