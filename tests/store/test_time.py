"""Readings made before the clock was set move to their true slots, once, and nothing is lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.clock import ClockQuality, VirtualClock
from appliance.ports import ReadingKind
from appliance.store import Store
from tests.store.conftest import Hall, OpenStore

WRONG = timedelta(days=2000, seconds=13)


def grid(second: int) -> int:
    """The nearest quarter of an hour."""
    return (second + 450) // 900 * 900


@pytest.fixture
def early(clock: VirtualClock, open_store: OpenStore) -> Store:
    """A store opened by an appliance that does not know the time yet."""
    clock.advance(seconds=100)
    clock.step(-WRONG)
    clock.quality = ClockQuality.UNTRUSTED
    return open_store(receivers=lambda _: (7,))


def trust(store: Store, clock: VirtualClock) -> int:
    """The time server answers."""
    clock.step(WRONG)
    clock.quality = ClockQuality.TRUSTED
    return store.clock_trusted(WRONG.total_seconds(), grid)


def test_readings_before_the_clock_was_set_move_to_their_true_slots(early: Store, hall: Hall) -> None:
    hall.clock.advance(seconds=3)
    early.accept(hall.heard(1))
    early.missed(hall.missed(2))
    early.flush()
    assert early.readings.latest(1)[0].at.quality is ClockQuality.UNTRUSTED
    assert trust(early, hall.clock) == 1
    (heard,) = early.readings.between(1)
    assert (heard.slot, heard.at) == (hall.slot(), hall.clock.stamp())
    assert [missed.slot for missed in early.readings.missed(0)] == [hall.slot()]
    assert early.outbox.waiting(7) == [(hall.slot(), 1)]
    assert (early.meters.ended(1), early.meters.newest(1)) == (hall.slot(), heard.telegrams[0])


def test_readings_that_wait_to_be_written_move_too(early: Store, hall: Hall) -> None:
    early.accept(hall.heard(1))
    trust(early, hall.clock)
    assert [heard.slot for heard in early.readings.between(1)] == [hall.slot()]


def test_true_slot_that_is_taken_keeps_both_readings(early: Store, hall: Hall) -> None:
    early.accept(hall.heard(1))
    false = hall.slot()
    early.flush()
    hall.clock.step(WRONG)
    hall.clock.quality = ClockQuality.TRUSTED
    early.accept(hall.heard(1))
    early.clock_trusted(WRONG.total_seconds(), grid)
    slots = [heard.slot for heard in early.readings.between(1)]
    assert slots == sorted({hall.slot(), false + int(WRONG.total_seconds())})


def test_second_setting_of_the_clock_moves_nothing(early: Store, hall: Hall) -> None:
    early.accept(hall.heard(1))
    trust(early, hall.clock)
    before = early.readings.between(1)
    assert early.clock_trusted(5.0, grid) == 0
    assert early.readings.between(1)[0].slot == before[0].slot


def test_reading_replaces_what_was_missed_in_its_true_slot(early: Store, hall: Hall) -> None:
    early.accept(hall.heard(1))
    hall.clock.step(WRONG)
    hall.clock.quality = ClockQuality.TRUSTED
    early.missed(hall.missed(1))
    early.clock_trusted(WRONG.total_seconds(), grid)
    assert (len(early.readings.between(1)), early.readings.missed(0)) == (1, [])


def test_stamp_is_kept_to_the_millisecond_though_the_clocks_drift(store: Store, hall: Hall) -> None:
    hall.clock.advance(seconds=1234.567)
    hall.clock.step(timedelta(milliseconds=89))
    heard = hall.heard(1, kind=ReadingKind.MANUAL, slot=int(hall.clock.now().timestamp()))
    store.accept(heard)
    store.flush()
    kept = store.readings.latest(1)[0]
    assert kept.at.wall == heard.at.wall
    assert kept.at.monotonic == pytest.approx(heard.at.monotonic, abs=0.0006)
    assert kept == heard or kept.at.monotonic != heard.at.monotonic
