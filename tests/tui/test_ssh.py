"""Over SSH: who comes in, and to what."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import asyncssh
import pytest

from appliance.appliance import open_console
from appliance.clock import VirtualClock
from appliance.events import BusTraffic
from appliance.operations.call import Call
from appliance.security.users import parse_key
from tests.conftest import need_program
from tests.operations.world import World
from tests.tui.ssh_clients import PASSWORD, Person, connect, over_ssh
from tui.ssh.channel import Channel
from tui.ssh.gate import TRIES, Tries, is_neighbour

ROUTES = (
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\n"
    "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\n"
    "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\n"
    "eth0\t0000000A\t0101A8C0\t0003\t0\t0\t0\t000000FF\t0\n"
)


def test_password_opens_the_dashboard(house: World) -> None:
    async def look(port: int) -> str:
        seen = ""
        async with await connect(port) as connection:
            process = await connection.create_process(term_type="xterm-256color", term_size=(100, 40), encoding="utf-8")
            while "What to do" not in seen:
                seen += await process.stdout.read(65536)
            process.stdin.write("q")
            await process.wait_closed()
        return seen

    assert "What to do" in over_ssh(house, look)


def test_notice_is_shown_before_the_password_is_asked_for(house: World) -> None:
    house.settings.set({"identity.banner": "Private.\nKeep out."}, "test")
    notices: list[str] = []

    class Visitor(asyncssh.SSHClient):
        def auth_banner_received(self, msg: str, lang: str) -> None:
            notices.append(msg)

    async def knock(port: int) -> None:
        with pytest.raises(asyncssh.PermissionDenied):
            await asyncssh.connect(
                "127.0.0.1", port, client_factory=Visitor, username="nobody", password="wrong wrong 1",
                known_hosts=None, client_keys=None, config=None,
            )  # fmt: skip

    over_ssh(house, knock)
    assert notices == ["Private.\r\nKeep out.\r\n"]


def test_key_of_a_user_opens_the_console(house: World) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    house.parts.doorkeeper.users.add_key("admin", parse_key(key.export_public_key().decode()))

    async def order(port: int) -> str:
        async with asyncssh.connect(
            "127.0.0.1", port, username="admin", client_keys=[key], known_hosts=None, config=None
        ) as connection:
            return str((await connection.run("console", input="whoami\n")).stdout)

    async def serve_console(channel: Channel, call: Call) -> None:
        while await channel.read():
            pass
        channel.write(f"{call.user} {call.level}".encode())

    assert over_ssh(house, order, serve_console) == "admin 3"


@pytest.mark.parametrize(
    ("words", "typed", "said", "status"),
    [
        ("console whoami json", "", '"user":"admin"', 0),
        ("console nonsense", "", "ERROR", 1),
        ("console", "nonsense\nwhoami\n", "admin", 1),
        ("console", "whoami\n", "admin", 0),
    ],
)
def test_line_of_the_console_ends_with_the_exit_status_of_a_command(
    house: World, words: str, typed: str, said: str, status: int
) -> None:
    async def order(port: int) -> tuple[str, int | None]:
        async with await connect(port) as connection:
            done = await connection.run(words, input=typed)
        return str(done.stdout), done.exit_status

    answer, ended = over_ssh(house, order, open_console)
    assert said in answer
    assert ended == status


def test_line_of_the_console_with_a_terminal_is_paged_and_its_questions_are_answered(house: World) -> None:
    async def stories(port: int) -> None:
        async with await connect(port) as connection:
            long = await ordered(connection, "console show settings")
            await long.see("more: space")
            long.type("/watchdog.enabled\r")
            await long.see("watchdog.enabled")
            assert await ended(long) == 0
            refused = await ordered(connection, "console nonsense")
            await refused.see("Unknown command")
            assert await ended(refused) == 1
            asked = await ordered(connection, "console log clear")
            await asked.see("For good?")
            asked.type("yes\r")
            said = await asked.rest()
            assert b"OK" in said
            assert b"3>" not in said

    async def ordered(connection: asyncssh.SSHClientConnection, line: str) -> Person:
        return Person(await connection.create_process(line, term_type="xterm", term_size=(100, 10), encoding=None))

    async def ended(person: Person) -> int | None:
        await person.rest()
        return (await person.process.wait()).exit_status

    over_ssh(house, stories, open_console)


def until(happened: Callable[[], bool]) -> None:
    """Wait for it; the test's own time-out ends what never comes."""
    while not happened():
        threading.Event().wait(0.001)


@pytest.mark.parametrize("terminal", [None, "xterm"])
def test_client_that_is_gone_follows_nothing_any_more(house: World, terminal: str | None) -> None:
    async def story(port: int) -> None:
        connection = await connect(port)
        await connection.create_process("console bus watch", term_type=terminal, encoding=None)
        await asyncio.to_thread(until, lambda: house.hub.wanted(BusTraffic))
        connection.abort()
        await asyncio.to_thread(until, lambda: not house.hub.wanted(BusTraffic))
        await asyncio.to_thread(until, lambda: not house.parts.doorkeeper.sessions.all())

    over_ssh(house, story, open_console)


def test_wrong_password_and_unknown_name_stay_outside(house: World) -> None:
    async def knock(port: int) -> None:
        for name, password in (("admin", "wrong wrong 1"), ("nobody", PASSWORD)):
            with pytest.raises(asyncssh.PermissionDenied):
                await connect(port, password, name)

    over_ssh(house, knock)


@pytest.mark.parametrize("command", ["ls", "console; ls", "sh", "scp -t /"])
def test_no_other_command_is_run(house: World, command: str) -> None:
    async def order(port: int) -> None:
        async with await connect(port) as connection:
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.create_process(command)

    over_ssh(house, order)


def test_dashboard_needs_a_terminal(house: World) -> None:
    async def order(port: int) -> None:
        async with await connect(port) as connection:
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.create_process()

    over_ssh(house, order)


def test_nothing_is_forwarded_and_no_file_is_served(house: World) -> None:
    async def order(port: int) -> None:
        async with await connect(port) as connection:
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.open_connection("127.0.0.1", port)
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.start_sftp_client()
            with pytest.raises(asyncssh.ChannelListenError):
                await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", port)

    over_ssh(house, order)


def test_before_set_up_no_name_but_setup_is_taken(world: World) -> None:
    world.parts.doorkeeper.prepare()

    async def knock(port: int) -> None:
        with pytest.raises(asyncssh.PermissionDenied):
            await connect(port, world.parts.doorkeeper.setup_code, "admin")

    over_ssh(world, knock)


def test_owner_comes_in_through_a_silent_crowd(house: World) -> None:
    async def knock(port: int) -> None:
        silent = [
            await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.1.{number}", 0))
            for number in range(1, 41)
        ]
        async with await connect(port):
            pass
        assert house.parts.doorkeeper.lobby.waiting < 20
        for _, writer in silent:
            writer.close()
            with suppress(OSError):  # many were hung up on
                await writer.wait_closed()

    over_ssh(house, knock)


def test_who_does_not_log_in_is_hung_up_on(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ssh.login.Connection._time_before_login", lambda self: 0.01)

    async def wait(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while await reader.read(4096):
            pass
        writer.close()

    over_ssh(house, wait)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("192.168.1.7", True), ("127.0.0.1", True), ("fe80::1", True), ("10.0.0.9", False), ("203.0.113.5", False)],
)
def test_only_who_is_on_the_same_network_is_a_neighbour(address: str, expected: bool) -> None:
    assert is_neighbour(ip_address(address), ROUTES) is expected


def test_setup_code_is_tried_five_times_a_minute(clock: VirtualClock) -> None:
    tries = Tries(clock.monotonic)
    assert [tries.one_more() for _ in range(TRIES + 1)] == [True] * TRIES + [False]
    clock.advance(seconds=61)
    assert tries.one_more()


@pytest.mark.peer
def test_openssh_sets_the_appliance_up_and_sees_the_dashboard(world: World, tmp_path: Path) -> None:
    expect, ssh = need_program("expect"), need_program("ssh")
    world.parts.doorkeeper.prepare()
    code = world.parts.doorkeeper.setup_code

    async def converse(port: int) -> str:
        script = tmp_path / "setup.exp"
        options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -F /dev/null"
        script.write_text(
            f"set timeout 30\nspawn {ssh} -p {port} {options} -tt setup@127.0.0.1\n"
            f'expect "Set-up code:"\nsend "{code}\\r"\n'
            f'expect "New password for admin:"\nsend "{PASSWORD}\\r"\nexpect "Again:"\nsend "{PASSWORD}\\r"\n'
            'expect "What to do"\nsend "q"\nexpect eof\n',
            encoding="utf-8",
        )
        done = await asyncio.to_thread(subprocess.run, [expect, str(script)], capture_output=True, check=True)
        return done.stdout.decode(errors="replace")

    assert "What to do" in over_ssh(world, converse)
    assert world.parts.doorkeeper.is_set_up
