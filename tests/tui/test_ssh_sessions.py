"""Sessions over SSH: how they end, what one may do to the others, and what reaches a person's terminal."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable

import asyncssh
import pytest

from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.security.books import User
from tests.operations.world import World
from tests.tui.ssh_clients import PASSWORD, PATIENCE, Person, connect, over_ssh
from tui.app import Dashboard
from tui.driver import LEAVE, StreamDriver
from tui.sessions import Dashboards
from tui.ssh.server import SshServer

ONCE = "once-upon-a-boiler"
POINTER = re.compile(rb"\x1b\]22;\w+\x07")  # Textual chooses the shape of the mouse's pointer
OWN = "seven-green-boilers"
HOSTILE = "\x1b]0;o\x07\x9b2J\x1bP[b]x"


def with_person(act: Callable[[Person, int], Awaitable[None]]) -> Callable[[int], Awaitable[None]]:
    """A story of the administrator who has the dashboard before them, and of the port it came by."""

    async def story(port: int) -> None:
        async with await connect(port) as connection:
            person = await Person.look(connection)
            await person.see("What to do")
            await act(person, port)

    return story


def test_one_time_password_is_good_for_a_new_password_alone(house: World) -> None:
    keeper = house.parts.doorkeeper
    keeper.users.add(keeper.keep_password(User(name="anna", level=3, password=""), ONCE, once=True))
    house.store.meters.add(
        Meter(id=1, name="secret flat", secondary_address=SecondaryAddress.parse("10473000-ELS-1-7"))
    )

    async def story(port: int) -> None:
        async with await connect(port, ONCE, "anna") as connection:
            person = await Person.look(connection)
            before = await person.see("Password of anna")
            assert b"fine" not in before
            assert b"secret flat" not in before
            person.type(OWN)
            await person.see("long and not common")
            person.type("\r")
            await person.see("•")  # another field has the focus now
            person.type(OWN)
            await person.see("the same")
            person.type("\r")
            await person.see("What to do")
        async with await connect(port, OWN, "anna") as connection:
            person = await Person.look(connection)
            assert "Password of" not in (await person.see("What to do")).decode(errors="replace")

    over_ssh(house, story)


def test_mistake_in_one_session_harms_no_other(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(app: Dashboard) -> None:
        raise ZeroDivisionError("a seeded mistake")

    monkeypatch.setattr(Dashboard, "action_repeat", fail)

    async def act(person: Person, port: int) -> None:
        async with await connect(port) as connection:
            other = await Person.look(connection)
            await other.see("What to do")
            person.type(".")
            said = await person.rest()
            assert LEAVE.encode() in said
            assert said.rstrip().endswith(b"The log has its trace.")
            assert b"seeded" not in said
            other.type("2")
            await other.see("by state, then name")
            again = await Person.look(connection)
            await again.see("made a mistake and was closed")

    over_ssh(house, with_person(act))


def test_client_that_reads_nothing_holds_nobody_up_and_sees_the_newest_when_it_is_back(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    drivers: list[StreamDriver] = []
    make = StreamDriver.__init__

    def note(driver: StreamDriver, *given: object, **named: object) -> None:
        drivers.append(driver)
        make(driver, *given, **named)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(StreamDriver, "__init__", note)

    async def story(port: int) -> None:
        async with await connect(port) as first, await connect(port) as second:
            slow = Person(
                await first.create_process(
                    term_type="xterm-256color", term_size=(200, 100), encoding=None, window=16384, bufsize=4096
                )
            )
            async with asyncio.timeout(PATIENCE):
                for key in itertools.cycle("24"):
                    slow.type(key)
                    await asyncio.sleep(0.1)  # as fast as a person types
                    if drivers and drivers[0].dropped:
                        break
            other = await Person.look(second)
            await other.see("What to do")
            slow.type("3")
            await slow.see("Traffic")

    over_ssh(house, story)


def test_meters_text_steers_no_terminal(house: World) -> None:
    address = SecondaryAddress.parse("10473000-ELS-1-7")
    house.store.meters.add(Meter(id=1, name=HOSTILE, location=HOSTILE, comment=HOSTILE, secondary_address=address))

    async def act(person: Person, port: int) -> None:
        person.type("2")
        seen = await person.see("[b]x")
        seen += await person.see("mark")
        person.type("\r")
        seen += await person.see("Newest values")
        seen = POINTER.sub(b"", seen)
        for wrong in (b"\x1b]", b"\x07", b"\x1bP", b"\x9b", "\x9b".encode()):
            assert wrong not in seen, seen[max(0, seen.index(wrong) - 60) :][:160]

    over_ssh(house, with_person(act))


def test_logged_out_person_gets_the_terminal_back_and_is_told(house: World) -> None:
    async def act(person: Person, port: int) -> None:
        sessions = house.parts.doorkeeper.sessions
        assert [(entry.user, entry.level, entry.door) for entry in sessions.all()] == [("admin", 3, "ssh")]
        assert sessions.end_all("admin") == 1
        said = await person.rest()
        assert said.index(LEAVE.encode()) < said.index(b"You were logged out.")

    over_ssh(house, with_person(act))
    assert house.parts.doorkeeper.sessions.all() == []


def test_silent_session_is_closed_and_the_terminal_given_back(house: World) -> None:
    house.settings.set({"ssh.idle_timeout": "30"}, "test")

    async def act(person: Person, port: int) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time
        loop.time = lambda: now() + 31  # type: ignore[method-assign]  # half a minute goes by
        said = await person.rest()
        assert said.index(LEAVE.encode()) < said.index(b"Nothing was typed for a while: closed.")

    over_ssh(house, with_person(act))


def test_fifth_dashboard_is_refused_in_words(house: World) -> None:
    house.settings.set({"dashboard.max_clients": "1"}, "test")

    async def act(person: Person, port: int) -> None:
        async with await connect(port) as connection:
            assert b"1 dashboard is open already: close it." in await (await Person.look(connection)).rest()

    over_ssh(house, with_person(act))


def test_ninth_session_is_refused_in_words(house: World) -> None:
    house.settings.set({"ssh.max_clients": "1"}, "test")

    async def act(person: Person, port: int) -> None:
        async with await connect(port) as connection:
            with pytest.raises(asyncssh.ChannelOpenError, match="1 SSH sessions are open already"):
                await Person.look(connection)

    over_ssh(house, with_person(act))


def test_server_that_is_started_anew_ends_its_sessions_and_listens_as_the_settings_say(house: World) -> None:
    house.settings.set({"ssh.listen": "127.0.0.1"}, "test")

    async def story() -> None:
        server = await SshServer(house.parts, Dashboards(house.parts), port=0).start()
        async with await connect(server.ports[0]) as connection:
            person = await Person.look(connection)
            await person.see("What to do")
            await server.close()
            said = await person.rest()
            assert said.index(LEAVE.encode()) < said.index(b"SSH is closed or started anew here.")
        house.settings.set({"ssh.enabled": "false"}, "test")
        assert (await server.start()).ports == []
        house.settings.set({"ssh.enabled": "true"}, "test")
        async with await connect((await server.start()).ports[0], PASSWORD):
            pass
        await server.close()

    asyncio.run(story())
