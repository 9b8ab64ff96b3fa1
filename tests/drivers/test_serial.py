"""What is special about a serial line: marks, rates, rights, and the sentence for each trouble."""

from __future__ import annotations

import errno
import grp
import os
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial

from appliance.errors import LineLost, LineRefused
from appliance.mbus.framer import Received
from drivers import channel
from drivers.lines import open_line
from drivers.serial_line import SerialLine
from drivers.serial_ports import is_pty, why_not
from tests.drivers.peers import PtyPeer, open_descriptors
from tests.nobody import as_nobody, needs_root


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[PtyPeer]:
    far_end = PtyPeer(tmp_path)
    yield far_end
    far_end.vanish()


@pytest.fixture
def line(peer: PtyPeer) -> Iterator[SerialLine]:
    opened = SerialLine(peer.url)
    opened.open(2400)
    yield opened
    opened.close()


def input_modes(line: SerialLine) -> int:
    """How the kernel treats the line's input."""
    assert line._serial
    modes: int = termios.tcgetattr(line._serial.fileno())[0]
    return modes


def test_parity_is_checked_and_marked_after_open_and_after_each_change_of_rate(line: SerialLine) -> None:
    wanted = termios.INPCK | termios.PARMRK
    assert input_modes(line) & wanted == wanted
    for baud_rate in (300, 9600, 2400):
        line.set_baud_rate(baud_rate)
        assert input_modes(line) & wanted == wanted
        assert not input_modes(line) & (termios.IGNPAR | termios.ISTRIP | termios.IXON | termios.ICRNL)


def test_light_for_an_optical_head_leaves_without_parity_and_frames_with_it(
    line: SerialLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    parity: list[bool] = []
    real = termios.tcsetattr

    def configure(descriptor: int, when: int, attributes: list[Any]) -> None:
        parity.append(bool(attributes[2] & termios.PARENB))
        attributes[2] &= ~termios.PARENB  # which the pty of this test has not
        real(descriptor, when, attributes)

    monkeypatch.setattr(termios, "tcsetattr", configure)
    monkeypatch.setattr(line, "_parity", serial.PARITY_EVEN)
    line.set_baud_rate(2400, parity=False)
    assert not any(parity)
    line.set_baud_rate(2400)
    assert any(parity)


def test_parity_that_a_converter_loses_is_not_checked(peer: PtyPeer) -> None:
    line = SerialLine(peer.url + "?parity=off")
    line.open(2400)
    assert not input_modes(line) & (termios.INPCK | termios.PARMRK)
    peer.say(b"\xff\x00\x41")
    assert line.receive(time.monotonic() + 60).octets[:1] == b"\xff"
    line.close()


def test_marked_octets_are_named_as_damaged(line: SerialLine, peer: PtyPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = iter([b"\x10\xff", b"\x00\x41", b""])
    monkeypatch.setattr(line._channel, "read", lambda until: next(reads))
    assert line.receive(time.monotonic() + 60) == Received(b"\x10")
    assert line.receive(time.monotonic() + 60) == Received(b"\x41", (0,))


def test_beginning_of_a_mark_alone_does_not_end_the_waiting(line: SerialLine, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = iter([b"\xff", b"\x00", b"\x41"])
    monkeypatch.setattr(line._channel, "read", lambda until: next(reads))
    assert line.receive(time.monotonic() + 60) == Received(b"\x41", (0,))


def test_serial_device_is_asked_for_even_parity_and_a_pty_for_none(
    peer: PtyPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def no_port(path: str, baud_rate: int, *, parity: str, timeout: float, exclusive: bool) -> None:
        asked.append((parity, timeout, exclusive))
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(serial, "Serial", no_port)
    for url in (peer.url, "serial:///dev/null"):
        with pytest.raises(LineLost):
            SerialLine(url).open(2400)
    assert asked == [("N", 0, True), ("E", 0, True)]


def test_pty_is_known_by_its_device_number(peer: PtyPeer) -> None:
    assert is_pty(peer.url.removeprefix("serial://"))
    assert not is_pty("/dev/null")
    assert not is_pty("/no/such/device")


def test_kernel_that_takes_a_frame_in_pieces_gets_all_of_it(
    line: SerialLine, peer: PtyPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.write

    def stingy(descriptor: int, octets: bytes | memoryview) -> int:
        return whole(descriptor, octets[:3])

    monkeypatch.setattr(os, "write", stingy)
    line.send(bytes(range(100)))
    monkeypatch.undo()
    assert peer.hear(100) == bytes(range(100))


def test_line_that_takes_no_more_octets_is_lost(line: SerialLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "STALLED", 0.0)
    with pytest.raises(LineLost, match="takes no more octets"):
        line.send(bytes(1_000_000))


def test_octets_that_came_before_parity_was_checked_belong_to_nobody(
    peer: PtyPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(line: SerialLine) -> None:
        peer.say(b"\x68\x68")
        original(line)

    original = SerialLine._mark_damaged_octets
    monkeypatch.setattr(SerialLine, "_mark_damaged_octets", meanwhile)
    line = SerialLine(peer.url)
    line.open(2400)
    assert line.receive(0.0) == Received()
    line.close()


def test_port_that_seemed_readable_and_is_empty_is_not_lost(line: SerialLine) -> None:
    assert line._channel
    assert line._channel._take() == b""


def test_second_program_is_kept_off_the_bus(line: SerialLine, peer: PtyPeer) -> None:
    with pytest.raises(LineLost, match="another program uses it"):
        SerialLine(peer.url).open(2400)


def test_program_that_holds_the_port_is_named(peer: PtyPeer) -> None:
    device = peer.url.removeprefix("serial://")
    script = "import fcntl, sys; f = open(sys.argv[1], 'rb+', 0); fcntl.flock(f, fcntl.LOCK_EX); print(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, device], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(LineLost, match=rf"Stop python.* \(pid {holder.pid}\)"):
            SerialLine(peer.url).open(2400)
        holder.communicate(b"\n")


def test_device_that_is_not_there_may_be_plugged_in_and_those_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.serial_ports.ports", lambda: ["/dev/ttyUSB7"])
    with pytest.raises(LineLost, match=r"no such device\. Serial ports here: /dev/ttyUSB7"):
        open_line("serial:///dev/ttyUSB99").open(2400)


def test_file_that_is_no_serial_port_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no port")
    with pytest.raises(LineRefused, match="not a serial port"):
        open_line(f"serial://{tmp_path}/notes.txt").open(2400)
    with pytest.raises(LineRefused, match="not a serial port"):
        open_line(f"serial://{tmp_path}").open(2400)
    with pytest.raises(LineRefused, match="not a serial port"):
        open_line("serial:///dev/null").open(2400)


def test_rate_that_no_line_has_is_refused(peer: PtyPeer) -> None:
    with pytest.raises(LineRefused, match="cannot be opened"):
        SerialLine(peer.url).open(-1)


def test_line_is_lost_not_refused_while_its_device_is_away(line: SerialLine, peer: PtyPeer) -> None:
    peer.vanish()
    with pytest.raises(LineLost, match="no such device"):
        line.open(2400)
    peer.come_back()
    line.open(2400)


def test_vendor_errors_become_ours(line: SerialLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int, when: int, attributes: list[object]) -> None:
        raise termios.error(errno.EIO, "Input/output error")

    monkeypatch.setattr(termios, "tcsetattr", fail)
    with pytest.raises(LineLost, match="input/output error"):
        line.set_baud_rate(300)


def test_descriptor_is_given_back_when_opening_fails(peer: PtyPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    line = SerialLine(peer.url)

    def fail(descriptor: int, queue: int) -> None:
        raise termios.error(errno.EIO, "Input/output error")

    monkeypatch.setattr(termios, "tcflush", fail)
    before = open_descriptors()
    for _ in range(3):
        with pytest.raises(LineLost, match="does not work as a serial port"):
            line.open(2400)
    assert open_descriptors() == before


def test_opening_and_closing_leaves_no_descriptor_behind(line: SerialLine) -> None:
    line.close()
    before = open_descriptors()
    for _ in range(3):
        line.open(2400)
        line.open(2400)
        line.close()
    assert open_descriptors() == before


@needs_root
def test_port_without_permission_says_which_group_helps(tmp_path: Path) -> None:
    master, slave = os.openpty()
    device = os.ttyname(slave)
    os.chown(device, 0, grp.getgrnam("tty").gr_gid)
    Path(device).chmod(0o660)
    imports = "from appliance.errors import LineRefused\nfrom drivers.serial_line import SerialLine"
    code = "try:\n    SerialLine(sys.argv[1]).open(2400)\nexcept LineRefused as refused:\n    print(refused)"
    sentence = as_nobody(imports, code, f"serial://{device}")
    os.close(master)
    os.close(slave)
    assert "user nobody has no permission" in sentence
    assert "usermod -aG tty nobody" in sentence


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.EACCES, "no permission"),
        (errno.ENXIO, "no such device"),
        (errno.EBUSY, "another program"),
        (errno.EIO, "does not work"),
        (None, "odd trouble"),
    ],
)
def test_each_trouble_has_a_reason_and_a_remedy(number: int | None, reason: str) -> None:
    told, remedy = why_not("/dev/null", number, "odd trouble")
    assert reason in told
    assert remedy
