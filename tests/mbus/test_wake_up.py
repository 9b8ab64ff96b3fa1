"""Light for an optical head goes before the frames, as often as the head may have fallen asleep."""

from __future__ import annotations

import pytest

from appliance.mbus.dialogue import Action, Conversation, Patience, Target, Traffic, Wire, read_meter
from appliance.mbus.dialogue.wake_up import DARKNESS, light, waking_time
from appliance.mbus.framer import Received
from tests.mbus.scripted import ACK, telegram

LIGHT = b"\x55" * 528
ONE_BY_ONE = Patience(select=(0.2, 0.2), request=(0.2,))


class Bench:
    """A conversation with a head, stepped by hand."""

    def __init__(self, wake_up: float = 2.2) -> None:
        self.wire = Wire(wake_up=wake_up)
        self.talk = Conversation(read_meter(Target(address=1), ONE_BY_ONE), self.wire)
        self.now = 1000.0
        self.action = self.talk.step(self.now)

    def wait(self) -> Action:
        """Until it wants to be called again, hearing nothing."""
        self.now = self.action.wait_until
        self.action = self.talk.step(self.now)
        return self.action

    def hear(self, octets: bytes) -> Action:
        """Now."""
        self.action = self.talk.step(self.now, Received(octets))
        return self.action


def test_light_lasts_as_long_as_wanted_at_2400_baud_without_parity() -> None:
    assert light(2.2) == LIGHT
    assert light(2.2001) == LIGHT + b"\x55"
    assert waking_time(2.2) == pytest.approx(2.2 + DARKNESS)
    assert waking_time(0.0) == 0.0


def test_first_frame_comes_after_light_and_darkness_and_carries_parity() -> None:
    bench = Bench()
    assert bench.action.send == LIGHT
    assert bench.action.wakes
    assert bench.action.wait_until == pytest.approx(1000.0 + 2.2 + DARKNESS)
    frame = bench.wait()
    assert frame.send == bytes.fromhex("10 40 01 41 16")
    assert not frame.wakes
    assert bench.now == pytest.approx(1000.0 + 2.2 + DARKNESS)


def test_head_that_answered_is_not_woken_again() -> None:
    bench = Bench()
    bench.wait()
    bench.now += 0.05
    bench.hear(ACK)
    assert bench.wait().send == bytes.fromhex("10 7b 01 7c 16")
    bench.now += 0.05
    bench.hear(telegram())
    assert bench.talk.over


def test_head_that_was_silent_is_woken_before_it_is_asked_again() -> None:
    bench = Bench()
    bench.wait()
    assert bench.wait().wakes
    assert bench.wait().send == bytes.fromhex("10 40 01 41 16")


def test_each_conversation_begins_with_a_head_that_sleeps() -> None:
    bench = Bench()
    bench.wait()
    bench.now += 0.05
    bench.hear(ACK)
    assert Conversation(read_meter(Target(address=1), ONE_BY_ONE), bench.wire).step(bench.now + 1.0).wakes


def test_own_light_reflected_is_no_disturbance() -> None:
    bench = Bench()
    until = bench.action.wait_until
    bench.now += 1.0
    assert bench.hear(LIGHT[:200]) == (b"", until, False)
    bench.now = until
    assert bench.hear(LIGHT[200:]).send == bytes.fromhex("10 40 01 41 16")
    assert bench.wire.counters.octets_noise == 0


def test_light_is_told_as_what_it_is_and_not_as_a_frame() -> None:
    told: list[tuple[Traffic, bytes, str]] = []
    bench = Bench()
    bench.wire.follow = lambda *what: told.append(what)
    bench.wait()
    bench.wait()
    assert told[-1] == (Traffic.SENT, b"", "wake-up, 528 times 55 at 2400 Bd")
    assert bench.wire.counters.octets_sent == 528 + 5 + 528


def test_two_wires_need_no_light() -> None:
    assert Bench(wake_up=0.0).action.send == bytes.fromhex("10 40 01 41 16")


def test_attempts_that_must_wake_first_take_longer_than_those_that_need_not() -> None:
    attempts = Patience(select=(0.2,), request=(0.2, 0.2))
    waking = Patience(select=(0.2,), request=(0.2, 0.2), waking=2.4)
    assert attempts.within(5.5) == attempts
    assert waking.within(5.5) == Patience(select=(0.2,), request=(0.2,), waking=2.4)
    assert waking.within(5.0) is None
