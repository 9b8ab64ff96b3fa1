"""A simulated bus offered on a pty and on a TCP port, to masters of which it knows nothing."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from appliance.errors import LineRefused
from appliance.mbus.frames import ShortFrame
from appliance.simulated_faults import Fault
from drivers.lines import open_line
from drivers.simulated.building import load
from drivers.simulated.bus import SimulatedBus
from drivers.simulated.offer import Bell, Door, PtyDoor, TcpDoor, serve
from tests.drivers.test_simulated_line import hear

NKE = ShortFrame(0x40, 1).to_bytes()
REQUEST = ShortFrame(0x7B, 1).to_bytes()


@contextmanager
def offered(door: Door, *, fast: bool = True) -> Iterator[SimulatedBus]:
    """A boiler room behind a door, served by a thread."""
    bus = load("boiler-room", seed=1).bus(SystemClock(), fast=fast)
    bell = Bell()
    thread = threading.Thread(target=serve, args=(bus, door, bell))
    thread.start()
    try:
        yield bus
    finally:
        bell.ring()
        thread.join()
        door.close()
        bell.close()


def answer(client: socket.socket, question: bytes) -> bytes:
    client.sendall(question)
    return client.recv(1)


def client_of(door: TcpDoor) -> socket.socket:
    client = socket.create_connection((door.host, door.port))
    client.settimeout(60)
    return client


def test_master_on_tcp_is_answered() -> None:
    door = TcpDoor("127.0.0.1", 0)
    with offered(door), client_of(door) as client:
        assert answer(client, NKE) == b"\xe5"


def test_one_client_after_the_other() -> None:
    door = TcpDoor("127.0.0.1", 0)
    with offered(door):
        for _ in range(3):
            with client_of(door) as client:
                assert answer(client, NKE) == b"\xe5"


def test_client_that_comes_while_another_is_there_waits_for_its_turn() -> None:
    door = TcpDoor("127.0.0.1", 0)
    with offered(door):
        first, second = client_of(door), client_of(door)
        second.sendall(NKE)
        assert answer(first, NKE) == b"\xe5"
        assert select.select([second], [], [], 0)[0] == []
        first.close()
        assert second.recv(1) == b"\xe5"
        second.close()


def test_client_that_breaks_off_in_the_middle_of_an_answer_is_forgotten() -> None:
    door = TcpDoor("127.0.0.1", 0)
    with offered(door, fast=False):
        with client_of(door) as client:
            assert answer(client, REQUEST) == b"\x68"
        with client_of(door) as client:  # the meter hears it as soon as it has told its telegram to nobody
            heard = b""
            while not heard.endswith(b"\xe5"):
                client.sendall(NKE)
                while select.select([client], [], [], 0.3)[0]:
                    heard += client.recv(1000)


def test_vanishing_line_hangs_up() -> None:
    door = TcpDoor("127.0.0.1", 0)
    with offered(door) as bus, client_of(door) as client:
        assert answer(client, NKE) == b"\xe5"
        bus.put_fault(Fault.VANISHING_LINE, SystemClock().monotonic(), duration=3600)
        with suppress(ConnectionError):
            assert answer(client, NKE) == b""
        bus.clear_faults()
        with client_of(door) as again:
            assert answer(again, NKE) == b"\xe5"


def test_taken_port_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LineRefused, match=f"Port {port} of 127.0.0.1 is taken"):
            TcpDoor("127.0.0.1", port)


def test_host_of_another_machine_is_told_in_one_sentence() -> None:
    with pytest.raises(LineRefused, match=r"cannot be listened on"):
        TcpDoor("192.0.2.1", 0)


def test_serial_line_over_the_pty_is_answered_and_may_come_again(tmp_path: Path) -> None:
    link = tmp_path / "meters"
    door = PtyDoor(str(link))
    assert door.url == f"serial://{link}"
    with offered(door):
        for _ in range(3):
            line = open_line(door.url)
            line.open(2400)
            line.send(NKE)
            hear(line)
            line.close()
    assert not link.is_symlink()


def test_pty_passes_every_octet_as_it_is() -> None:
    door, bell = PtyDoor(), Bell()
    far = os.open(door.path, os.O_RDWR | os.O_NOCTTY)
    octets = bytes(range(256))
    door.write(octets)
    assert os.read(far, 300) == octets
    os.write(far, octets)
    assert door.read(60, bell) == octets
    os.close(far)
    door.close()
    bell.close()


def test_octets_nobody_reads_do_not_stop_the_bus() -> None:
    door = PtyDoor()
    for _ in range(100):
        door.write(bytes(1000))
    door.hang_up()
    door.close()


def test_link_replaces_a_stale_link_but_no_file(tmp_path: Path) -> None:
    link = tmp_path / "meters"
    link.symlink_to("/dev/pts/none")
    door = PtyDoor(str(link))
    assert str(link.readlink()) == door.path
    door.close()
    link.write_text("precious")
    with pytest.raises(LineRefused, match="cannot be made"):
        PtyDoor(str(link))
    assert link.read_text() == "precious"
