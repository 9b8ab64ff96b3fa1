"""What comes in is written in batches, acknowledged after the commit, and each slot ends in exactly one way."""

from __future__ import annotations

from dataclasses import replace

from appliance.events import ReadingStored
from appliance.ports import ReadingKind, Reason
from appliance.store import Store, StoreOptions
from tests.store.conftest import Hall, OpenStore
from tests.store.telegrams import heat_meter, water_meter

EARLIER = 4711  # a meter that was read an hour ago


def live_for_an_hour(store: Store, hall: Hall) -> None:
    """The haste of the first readings is over."""
    store.accept(hall.heard(EARLIER))
    hall.clock.advance(hours=1)
    hall.events.clear()


def test_first_reading_of_a_life_is_written_at_once(store: Store, hall: Hall) -> None:
    heard = hall.heard()
    store.accept(heard)
    assert hall.events == [ReadingStored(((1, heard.slot),))]


def test_batch_waits_no_longer_than_this_life_had_lasted(store: Store, hall: Hall) -> None:
    store.accept(hall.heard(1))
    hall.clock.advance(seconds=4)
    store.accept(hall.heard(2))
    hall.clock.advance(seconds=3.5)
    store.pump()
    assert len(hall.stored()) == 1
    hall.clock.advance(seconds=0.5)
    store.pump()
    assert len(hall.stored()) == 2


def test_reading_is_acknowledged_when_it_is_safe_and_not_before(store: Store, hall: Hall) -> None:
    live_for_an_hour(store, hall)
    heard = hall.heard()
    store.accept(heard)
    assert hall.events == []
    store.flush()
    assert hall.events == [ReadingStored(((1, heard.slot),))]


def test_fifty_readings_are_written_without_being_asked(store: Store, hall: Hall) -> None:
    live_for_an_hour(store, hall)
    for meter in range(1, 50):
        store.accept(hall.heard(meter))
    assert hall.stored() == []
    store.accept(hall.heard(50))
    assert len(hall.stored()) == 50


def test_reading_waits_no_longer_than_thirty_seconds(store: Store, hall: Hall) -> None:
    live_for_an_hour(store, hall)
    store.accept(hall.heard())
    hall.clock.advance(seconds=29)
    store.pump()
    assert hall.stored() == []
    hall.clock.advance(seconds=1)
    store.pump()
    assert len(hall.stored()) == 1


def test_limits_of_a_batch_are_settings(store: Store, hall: Hall) -> None:
    store.options = StoreOptions(batch_readings=2)
    store.accept(hall.heard(1))
    store.accept(hall.heard(2))
    assert len(hall.stored()) == 2


def test_reading_a_person_waits_for_is_written_at_once(store: Store, hall: Hall) -> None:
    store.accept(hall.heard(urgent=True))
    assert len(hall.stored()) == 1


def test_closing_writes_what_waits(open_store: OpenStore, hall: Hall) -> None:
    store = open_store()
    store.accept(hall.heard())
    store.close()
    assert len(hall.stored()) == 1
    assert open_store().readings.latest(1)


def test_stored_reading_is_what_was_heard(store: Store, hall: Hall) -> None:
    hall.clock.advance(seconds=12.345)
    heard = hall.heard(telegrams=(heat_meter(1, 42), water_meter(1, 43)))
    store.accept(heard)
    store.flush()
    assert store.readings.at(1, heard.slot) == heard


def test_continuous_reading_is_not_kept(store: Store, hall: Hall) -> None:
    store.accept(hall.heard(kind=ReadingKind.CONTINUOUS))
    store.flush()
    assert store.readings.latest(1) == []


def test_same_slot_twice_keeps_the_first_reading_and_acknowledges_both(store: Store, hall: Hall) -> None:
    first = hall.heard(telegrams=(heat_meter(1, 1),))
    for heard in (first, replace(first, telegrams=(heat_meter(1, 2), water_meter(1)))):
        store.accept(heard)
        store.flush()
    assert store.readings.between(1) == [first]
    assert hall.stored() == [(1, first.slot)] * 2


def test_same_slot_twice_in_one_batch_keeps_the_first_reading(store: Store, hall: Hall) -> None:
    first = hall.heard(telegrams=(heat_meter(1, 1),))
    store.accept(first)
    store.accept(replace(first, telegrams=(heat_meter(1, 2),)))
    store.flush()
    assert store.readings.between(1) == [first]


def test_missed_slot_keeps_its_reason_and_what_came_instead(store: Store, hall: Hall) -> None:
    missed = hall.missed(reason=Reason.GARBLED, octets=b"\x68\x00", detail="The checksum was wrong.")
    store.missed(missed)
    store.flush()
    assert store.readings.missed(0) == [missed]


def test_retry_that_succeeds_replaces_the_missed_slot(store: Store, hall: Hall) -> None:
    store.missed(hall.missed())
    store.flush()
    heard = hall.heard()
    store.accept(heard)
    store.flush()
    assert (store.readings.missed(0), store.readings.between(1)) == ([], [heard])


def test_slot_that_was_heard_is_never_missed(store: Store, hall: Hall) -> None:
    store.accept(hall.heard())
    store.flush()
    store.missed(hall.missed())
    store.flush()
    assert (store.readings.missed(0), len(store.readings.between(1))) == ([], 1)


def test_slot_heard_and_missed_in_one_batch_was_heard(store: Store, hall: Hall) -> None:
    store.missed(hall.missed())
    store.accept(hall.heard())
    store.missed(hall.missed())
    store.flush()
    assert (store.readings.missed(0), len(store.readings.between(1))) == ([], 1)


def test_receivers_get_rows_with_the_readings_due_to_them(open_store: OpenStore, hall: Hall) -> None:
    store = open_store(receivers=lambda heard: (7, 9) if heard.meter == 1 else ())
    slot = hall.slot()
    store.accept(hall.heard(1))
    store.accept(hall.heard(2))
    store.flush()
    assert store.outbox.waiting(7) == store.outbox.waiting(9) == [(slot, 1)]
    store.outbox.delivered(7, [(slot, 1)])
    assert (store.outbox.waiting(7), store.outbox.waiting(9)) == ([], [(slot, 1)])


def test_writer_with_a_thread_writes_and_publishes(open_store: OpenStore, hall: Hall) -> None:
    store = open_store(threaded=True)
    for meter in range(1, 201):
        store.accept(hall.heard(meter))
    store.settings.save({}, "test")  # orders come after what was put before, and wait
    assert len(hall.stored()) >= 150
    store.close()
    assert len(set(hall.stored())) == 200
