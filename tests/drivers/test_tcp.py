"""What is special about a converter on the network: silence, resets, names, and who is to act."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from appliance.errors import LineLost
from drivers import channel
from drivers.tcp_line import SOCKET_OPTIONS, TcpLine
from tests.drivers.peers import TcpPeer, open_descriptors


@pytest.fixture
def peer() -> Iterator[TcpPeer]:
    far_end = TcpPeer()
    yield far_end
    far_end.close()


@pytest.fixture
def line(peer: TcpPeer) -> Iterator[TcpLine]:
    opened = TcpLine(peer.url)
    opened.open(2400)
    yield opened
    opened.close()


def test_half_open_connection_is_found_within_half_a_minute(line: TcpLine) -> None:
    assert line._socket
    for level, option, value in SOCKET_OPTIONS:
        assert line._socket.getsockopt(level, option) == value
    options = {option: value for level, option, value in SOCKET_OPTIONS if level == socket.IPPROTO_TCP}
    idle, probes = options[socket.TCP_KEEPIDLE], options[socket.TCP_KEEPCNT] * options[socket.TCP_KEEPINTVL]
    assert idle + probes <= 30
    assert options[socket.TCP_USER_TIMEOUT] <= 30_000


def test_reset_by_the_converter_is_a_lost_line(line: TcpLine, peer: TcpPeer) -> None:
    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.vanish()
    with pytest.raises(LineLost, match="reset"):
        line.receive(time.monotonic() + 60)


def test_converter_that_takes_no_more_octets_is_lost(line: TcpLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "STALLED", 0.0)
    with pytest.raises(LineLost, match="takes no more octets"):
        line.send(bytes(100_000_000))


def test_port_nobody_listens_on_may_be_served_later(peer: TcpPeer) -> None:
    line = TcpLine(peer.url)
    peer.close()
    with pytest.raises(LineLost, match="nobody listens on port"):
        line.open(2400)


def test_name_that_is_not_known_may_be_known_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(LineLost, match=r'"converter\.invalid" is not known'):
        TcpLine("tcp://converter.invalid:10001").open(2400)


def test_name_that_can_be_none_is_told_like_an_unknown_one() -> None:
    with pytest.raises(LineLost, match="is not known"):
        TcpLine(f"tcp://{'a' * 64}.invalid:10001").open(2400)


def test_converter_that_does_not_answer_is_waited_for_as_the_url_says(monkeypatch: pytest.MonkeyPatch) -> None:
    waited = []

    def silent(address: tuple[str, int], timeout: float) -> None:
        waited.append((address, timeout))
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", silent)
    with pytest.raises(LineLost, match="no answer in 3 s"):
        TcpLine("tcp://10.0.0.5:10001?connect_timeout=3").open(2400)
    assert waited == [(("10.0.0.5", 10001), 3)]


def test_address_of_ip_version_6_is_taken_in_brackets() -> None:
    assert TcpLine("tcp://[fd00::5]:10001")._address == ("fd00::5", 10001)


def test_opening_and_closing_leaves_no_descriptor_behind(line: TcpLine, peer: TcpPeer) -> None:
    line.close()
    assert peer.connection
    peer.vanish()
    before = open_descriptors()
    for _ in range(3):
        line.open(2400)
        line.close()
        assert peer.connection
        peer.vanish()
    assert open_descriptors() == before
