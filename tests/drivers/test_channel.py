"""Waiting on a descriptor: the deadline, the bell and the octets are told apart."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from drivers.channel import Channel

LONG_AGO = 0.0


@pytest.fixture
def pipe() -> Iterator[tuple[Channel, int]]:
    """A channel that reads, and the descriptor to write to it."""
    reader, writer = os.pipe()
    channel = Channel(reader)
    yield channel, writer
    channel.close()
    os.close(reader)
    os.close(writer)


def test_bell_rings_for_one_wait_however_often_it_was_pulled(pipe: tuple[Channel, int]) -> None:
    channel, _ = pipe
    channel.wake()
    channel.wake()
    assert channel.read(time.monotonic() + 60) is None
    assert channel.read(LONG_AGO) == b""


def test_octets_go_before_the_bell_and_it_still_rings(pipe: tuple[Channel, int]) -> None:
    channel, writer = pipe
    channel.wake()
    os.write(writer, b"\xe5")
    assert channel.read(LONG_AGO) == b"\xe5"
    assert channel.read(LONG_AGO) is None


def test_woken_channel_may_be_closed_and_woken_again(pipe: tuple[Channel, int]) -> None:
    channel, _ = pipe
    channel.close()
    channel.close()
    channel.wake()
