"""Four hundred connections that say nothing, at each door in turn: metering goes on, and a newcomer gets in."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from appliance.local_socket import CONSOLE, DASHBOARD, find_socket
from tests.conftest import need_program
from tests.console.houses import PASSWORD, PATIENCE, Running, appliance_in
from tests.running.programs import console

CROWD = 400
MOST_MEMORY = 30_000  # kB

Knock = Callable[[Running, int], socket.socket]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Running]:
    with appliance_in(tmp_path) as appliance:
        appliance.order(f'setup {appliance.code} password="{PASSWORD}"')
        yield appliance


def at_telnet(house: Running, number: int) -> socket.socket:
    return at_port(house.port, number)


def at_ssh(house: Running, number: int) -> socket.socket:
    return at_port(int(house.setting("ssh.port")), number)


def at_port(port: int, number: int) -> socket.socket:
    source = f"127.0.{1 + number // 200}.{1 + number % 200}"
    return socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0))


def at_socket(name: str) -> Knock:
    def knock(house: Running, number: int) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(find_socket(house.data, name)))  # waits its turn, as our own clients do
        return connection

    return knock


@pytest.mark.soak
@pytest.mark.alone
@pytest.mark.parametrize(
    "knock",
    [at_telnet, at_ssh, at_socket(DASHBOARD), at_socket(CONSOLE)],
    ids=["telnet", "ssh", "dashboard socket", "console socket"],
)
def test_four_hundred_silent_connections_cost_no_slot_and_keep_nobody_out(house: Running, knock: Knock) -> None:
    key = key_of_admin(house)
    before = house.resident()
    with ExitStack() as silent:
        for number in range(CROWD):
            silent.enter_context(knock(house, number))
        assert "busmeister 0.1.0" in house.pipe("-N", typed="show version\n")
        assert "busmeister 0.1.0" in by_ssh(house, key, "show version\n")
        assert "busmeister 0.1.0" in console(house.data, "show version").stdout
        house.program.wait_for(" ok", count=60)  # a whole round goes on
        assert house.resident() - before < MOST_MEMORY
    gaps = house.order("show gaps csv").splitlines()[1:-1]
    assert [gap for gap in gaps if "appliance was off" not in gap] == []  # the slot it was started in may be short


def key_of_admin(house: Running) -> Path:
    """A key that logs in without a person."""
    key = house.data.parent / "key"
    make = [need_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(make, check=True, capture_output=True)
    house.order(f'user key add "{key.with_suffix(".pub").read_text().strip()}" name=admin')
    return key


def by_ssh(house: Running, key: Path, typed: str) -> str:
    """What OpenSSH's client gets at the console over SSH."""
    options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes"]
    done = subprocess.run(
        [need_program("ssh"), "-F", "/dev/null", "-i", str(key), "-p", house.setting("ssh.port"),
         *(word for option in options for word in ("-o", option)), "admin@127.0.0.1", "console"],
        input=typed, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    return done.stdout + done.stderr
