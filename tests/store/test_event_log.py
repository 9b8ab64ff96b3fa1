"""What comes and goes is kept with the readings it follows from: once as long as it lasts, across restarts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from appliance.clock import VirtualClock
from appliance.events import BusState
from appliance.log import Severity
from appliance.ports import Reason
from appliance.store import Store
from appliance.store.event_log import Event
from appliance.store.turns import What
from tests.store.conftest import SMALL, Hall, OpenStore
from tests.store.telegrams import heat_meter


def listed(store: Store, hall: Hall, *, open_only: bool = False) -> list[Event]:
    """Oldest first, without the starts of the appliance."""
    store.flush()
    now = hall.clock.now()
    found = store.events.events(now - timedelta(days=31), now, open_only=open_only)
    return [one for one in reversed(found) if one.what is not What.BOOT]


def facts(found: list[Event]) -> list[tuple[str, str, bool]]:
    """What, about what, and whether it lasts."""
    return [(one.what, one.about, one.went is None) for one in found]


def test_meter_that_cannot_be_read_is_one_event_until_it_answers(store: Store, hall: Hall) -> None:
    for number in range(3):
        store.missed(hall.missed(7, slot=hall.slot(number)))
        hall.clock.advance(seconds=900)
    (event,) = listed(store, hall)
    assert (event.what, event.about, event.message) == (What.READOUT_FAILED, "7", "It was silent.")
    assert (event.severity, event.went) == (Severity.WARNING, None)
    store.accept(hall.heard(7, slot=hall.slot(3)))
    (event,) = listed(store, hall)
    assert event.went == hall.clock.now()


def test_slot_that_was_our_own_doing_speaks_against_nobody(store: Store, hall: Hall) -> None:
    for number, reason in enumerate(one for one in Reason if not one.is_fault):
        store.missed(hall.missed(7, slot=hall.slot(number), reason=reason))
    assert listed(store, hall) == []


def test_failure_and_answer_of_one_batch_are_told_in_their_order(store: Store, hall: Hall) -> None:
    store.accept(hall.heard(8))
    hall.clock.advance(seconds=5)
    missed = hall.missed(7, slot=hall.slot(-1))
    hall.clock.advance(seconds=1)
    store.accept(hall.heard(7))
    store.missed(missed)
    assert facts(listed(store, hall)) == [(What.READOUT_FAILED, "7", False)]


def test_error_flags_come_and_go_with_the_status_byte(store: Store, hall: Hall) -> None:
    for number, status in enumerate((0, 0x04, 0x0C, 0, 0x20)):
        hall.clock.advance(seconds=900)
        store.accept(hall.heard(7, slot=hall.slot(number), telegrams=(heat_meter(7, status=status),)))
    (event,) = listed(store, hall)
    assert (event.what, event.message) == (What.METER_ERROR, "low power")
    assert event.went is not None
    assert event.went - event.came == timedelta(seconds=1800)


def test_line_in_trouble_is_one_event_of_its_kind(store: Store, hall: Hall) -> None:
    for state in (BusState.IDLE, BusState.OVERLOAD, BusState.OVERLOAD, BusState.LOST, BusState.ROUND):
        hall.clock.advance(seconds=1)
        store.events.segment_changed("main", state, "")
    assert facts(listed(store, hall)) == [(What.OVERLOAD, "main", False), (What.SEGMENT_LOST, "main", False)]


def test_what_lasts_is_the_same_event_after_a_restart(open_store: OpenStore, hall: Hall) -> None:
    store = open_store()
    store.missed(hall.missed(7))
    store.events.segment_changed("main", BusState.OVERLOAD, "No voltage.")
    store.close()
    hall.clock.advance(seconds=900)
    store = open_store()
    store.missed(hall.missed(7, slot=hall.slot(1)))
    store.events.segment_changed("main", BusState.IDLE, "")
    assert facts(listed(store, hall)) == [(What.READOUT_FAILED, "7", True), (What.OVERLOAD, "main", False)]


def test_each_start_is_noted_once(open_store: OpenStore, hall: Hall) -> None:
    for _ in range(2):
        store = open_store()
        store.close()
    store = open_store()
    store.events.load(store.boot)
    found = store.events.events(hall.clock.now(), hall.clock.now())
    assert sorted(one.about for one in found if one.what is What.BOOT) == ["1", "2", "3"]


def test_nobody_waits_for_what_is_not_read_any_more(store: Store, hall: Hall) -> None:
    for meter in (7, 8):
        store.missed(hall.missed(meter))
    store.events.segment_changed("attic", BusState.LOST, "")
    store.flush()
    store.events.only_of([8], ["main"])
    assert facts(listed(store, hall, open_only=True)) == [(What.READOUT_FAILED, "8", True)]


def test_line_that_comes_and_goes_all_day_fills_no_disk(open_store: OpenStore, hall: Hall) -> None:
    store = open_store(options=replace(SMALL, most_events=10))
    store.missed(hall.missed(7))
    store.flush()
    for number in range(20):
        hall.clock.advance(seconds=5)
        store.events.segment_changed("main", BusState.IDLE if number % 2 else BusState.OVERLOAD, str(number))
    store.housekeeping.maintain()
    lasts, *came_and_went = listed(store, hall)
    assert (lasts.about, lasts.went) == ("7", None)
    assert [one.message for one in came_and_went] == [str(number) for number in range(0, 20, 2)]
    store.housekeeping.retention._options = lambda: replace(SMALL, most_events=3)
    store.housekeeping.maintain()
    lasts, *came_and_went = listed(store, hall)
    assert (lasts.about, lasts.went) == ("7", None)
    assert [one.message for one in came_and_went] == ["14", "16", "18"]


def test_old_ones_are_deleted_with_the_log_and_what_lasts_stays(
    open_store: OpenStore, hall: Hall, clock: VirtualClock
) -> None:
    store = open_store(options=SMALL)
    store.missed(hall.missed(7))
    store.missed(hall.missed(8))
    store.accept(hall.heard(8, slot=hall.slot(1)))
    store.flush()
    clock.advance(days=SMALL.log_days + 1)
    store.housekeeping.maintain()
    found = store.events.events(clock.now() - timedelta(days=400), clock.now())
    assert facts(found) == [(What.READOUT_FAILED, "7", True)]


def test_who_has_seen_one_stands_beside_it(store: Store, hall: Hall) -> None:
    store.missed(hall.missed(7))
    (event,) = listed(store, hall)
    store.events.seen([event.number], "anna")
    assert [one.seen_by for one in listed(store, hall)] == ["anna"]
