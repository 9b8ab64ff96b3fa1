"""What every line must do, whatever it is made of."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.errors import LineLost, LineRefused
from appliance.mbus.framer import Received
from appliance.ports import Line
from drivers.lines import open_line
from tests.drivers.peers import ANSWER, QUESTION, OctetPeer, Peer, any_peer, octet_peer

LONG_AGO = 0.0  # a deadline that has passed: take what is there, wait for nothing
TELEGRAM = bytes(range(256))  # every octet there is, and with it every one that a terminal would eat


@pytest.fixture(params=["serial", "tcp", "simulated"])
def peer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Peer]:
    """The far end of each kind of line."""
    with any_peer(request.param, tmp_path) as far_end:
        yield far_end


@pytest.fixture
def line(peer: Peer) -> Iterator[Line]:
    yield from opened(peer)


@pytest.fixture(params=["serial", "tcp"])
def octets(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OctetPeer]:
    """The far end of each kind of line that carries any octets."""
    with octet_peer(request.param, tmp_path) as far_end:
        yield far_end


@pytest.fixture
def wire(octets: OctetPeer) -> Iterator[Line]:
    yield from opened(octets)


def opened(peer: Peer) -> Iterator[Line]:
    """A line to `peer`, closed in the end."""
    line = open_line(peer.url)
    line.open(2400)
    yield line
    line.close()


def ask(line: Line, peer: Peer) -> None:
    """A question, and the answer that comes back."""
    line.send(QUESTION)
    peer.answer()
    assert receive(line, len(ANSWER)) == ANSWER


def soon() -> float:
    """A deadline no sound test reaches."""
    return time.monotonic() + 60


def receive(line: Line, count: int) -> bytes:
    """So many octets, in however many pieces they come."""
    octets = b""
    while len(octets) < count:
        received = line.receive(soon())
        assert received.octets, "the line fell silent"
        assert not received.damaged
        octets += received.octets
    return octets


def test_line_is_named_by_its_url(peer: Peer) -> None:
    assert open_line(peer.url).name == peer.url


def test_what_is_sent_arrives_whole(wire: Line, octets: OctetPeer) -> None:
    wire.send(TELEGRAM)
    assert octets.hear(len(TELEGRAM)) == TELEGRAM


def test_what_the_far_end_says_is_received_whole(wire: Line, octets: OctetPeer) -> None:
    octets.say(TELEGRAM)
    assert receive(wire, len(TELEGRAM)) == TELEGRAM


def test_question_is_heard_and_its_answer_received(line: Line, peer: Peer) -> None:
    for _ in range(3):
        ask(line, peer)


def test_silence_until_the_deadline_is_nothing_received(line: Line) -> None:
    assert line.receive(LONG_AGO) == Received()


def test_octets_that_are_there_are_taken_although_the_deadline_has_passed(line: Line, peer: Peer) -> None:
    line.send(QUESTION)
    peer.answer()
    taken = b""
    while not taken:
        taken = line.receive(LONG_AGO).octets
    assert taken == ANSWER


def test_wake_from_another_thread_ends_the_waiting(line: Line) -> None:
    woken: list[Received] = []
    waiting = threading.Thread(target=lambda: woken.append(line.receive(soon())))
    waiting.start()
    line.wake()
    waiting.join()
    assert woken == [Received()]


def test_wake_ends_one_waiting_only(line: Line, peer: Peer) -> None:
    line.wake()
    assert line.receive(soon()) == Received()
    ask(line, peer)


def test_wake_of_a_closed_line_is_harmless(line: Line) -> None:
    line.close()
    line.wake()


def test_closing_twice_is_harmless(line: Line) -> None:
    line.close()
    line.close()


def test_line_that_was_never_opened_can_be_closed_and_woken(peer: Peer) -> None:
    line = open_line(peer.url)
    line.wake()
    line.close()


def test_baud_rate_can_change_between_two_telegrams(wire: Line, octets: OctetPeer) -> None:
    wire.set_baud_rate(300)
    wire.send(QUESTION)
    assert octets.hear(len(QUESTION)) == QUESTION
    wire.set_baud_rate(9600)
    octets.say(TELEGRAM)
    assert receive(wire, len(TELEGRAM)) == TELEGRAM


def test_far_end_that_vanishes_is_a_lost_line(line: Line, peer: Peer) -> None:
    ask(line, peer)
    peer.vanish()
    with pytest.raises(LineLost) as lost:
        receive(line, 1)
    assert line.name in str(lost.value)


def test_lost_line_stays_lost_until_it_is_opened_again(line: Line, peer: Peer) -> None:
    ask(line, peer)
    peer.vanish()
    for _ in range(2):
        with pytest.raises(LineLost):
            receive(line, 1)
    peer.come_back()
    line.open(2400)
    ask(line, peer)


def test_closed_line_is_lost_to_whoever_uses_it(line: Line) -> None:
    line.close()
    with pytest.raises(LineLost, match="not open"):
        line.send(QUESTION)
    with pytest.raises(LineLost, match="not open"):
        line.receive(LONG_AGO)


def test_closed_line_can_be_opened_again(line: Line, peer: Peer) -> None:
    line.close()
    line.open(2400)
    ask(line, peer)


def test_octets_of_before_the_opening_belong_to_nobody(line: Line, peer: Peer) -> None:
    line.send(QUESTION)
    peer.answer()
    line.open(2400)
    assert line.receive(LONG_AGO) == Received()
    ask(line, peer)


WRONG_URLS = {
    "": "An empty URL",
    "/dev/ttyUSB0": "serial://",
    "gopher://meters": "serial://, tcp://, simulated://",
    "serial:/dev/ttyUSB0": "serial://",
    "serial://": "names no device",
    "serial:///": "names no device",
    "serial://dev/ttyUSB0": "serial:///dev/ttyUSB0",
    "serial:///dev/ttyUSB0?parity=odd": "on or off",
    "serial:///dev/ttyUSB0?baud=300": 'no option "baud"',
    "serial:///dev/ttyUSB0?parity": "cannot be used",
    "serial:///dev/ttyUSB0#1": "no meaning",
    "serial:///dev/%00": "names no device",
    "tcp://": "names no host",
    "tcp://:10001": "names no host",
    "tcp://converter": "names no port",
    "tcp://converter:0": "names no port",
    "tcp://converter:99999": "cannot be used",
    "tcp://converter:mbus": "cannot be used",
    "tcp://[::1:10001": "cannot be used",
    "tcp://converter:10001/bus": "no meaning",
    "tcp://converter:10001?connect_timeout=0": "1 to 60 seconds",
    "tcp://converter:10001?connect_timeout=soon": "1 to 60 seconds",
    "simulated://": "names no building",
    "simulated://castle": "castle",
    "simulated://apartment-block?meters=many": "whole number",
    "simulated://apartment-block?ghosts=3": 'no option "ghosts"',
    "simulated://apartment-block?fault=haunted": "haunted",
}


@pytest.mark.parametrize("url", WRONG_URLS)
def test_wrong_url_is_refused_with_what_is_wrong(url: str) -> None:
    with pytest.raises(LineRefused) as refused:
        open_line(url)
    sentence = str(refused.value)
    assert WRONG_URLS[url] in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_password_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(LineRefused) as refused:
        open_line("tcp://meter:gehe1m@converter:10001")
    assert "gehe1m" not in str(refused.value)
