"""What the engine and people ask of the store: meters, settings, the log, rounds, boots, status bytes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from appliance.clock import VirtualClock
from appliance.errors import Kind, RefusedError
from appliance.events import MetersChanged, RoundProgress
from appliance.log import Entry, Severity
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Addressing, Initialization, Meter, MultiTelegram
from appliance.ports import ReadingKind
from appliance.store import StatusPolicy, Store
from appliance.store.status import status_byte
from tests.store.conftest import SMALL, Hall, OpenStore
from tests.store.telegrams import heat_meter, long_frame, water_meter

EVERYTHING = Meter(
    id=7,
    name="Flat 3",
    segment="second",
    addressing=Addressing.ENHANCED,
    primary_address=5,
    secondary_address=SecondaryAddress("1234567F", 0x2C2D, 1, 4, fabrication="87654321"),
    active=False,
    location="cellar",
    cost_centre="4711",
    group="Smith",
    comment="behind the door",
    baud_rate=9600,
    schedule="hourly",
    multi_telegram=MultiTelegram.AUTO,
    multi_telegram_limit=3,
    response_timeout=1.25,
    initialization=Initialization.FULL,
    application_reset_subcode=16,
    battery=True,
    store=False,
)


def test_every_field_of_a_meter_survives_a_restart(open_store: OpenStore) -> None:
    assert all(getattr(EVERYTHING, field.name) != field.default for field in fields(Meter) if field.name != "id")
    store = open_store()
    store.meters.add(EVERYTHING)
    store.close()
    assert open_store().meters.all() == [EVERYTHING]


def test_meters_without_a_number_get_the_next(store: Store, hall: Hall) -> None:
    store.meters.add(Meter(id=5))
    added = store.meters.add(Meter(id=0), Meter(id=0))
    assert [meter.id for meter in added] == [6, 7]
    assert hall.of_kind(MetersChanged)[-1].meters == {6, 7}
    assert store.meters.installed(6) == hall.clock.now()


def test_of_several_meters_all_are_added_or_none(store: Store) -> None:
    store.meters.add(Meter(id=2))
    with pytest.raises(RefusedError, match=r"There is a meter 2 already\.") as refused:
        store.meters.add(Meter(id=1), Meter(id=2))
    assert refused.value.kind is Kind.CONFLICT
    assert [meter.id for meter in store.meters.all()] == [2]


def test_number_of_a_deleted_meter_is_never_given_again(open_store: OpenStore) -> None:
    store = open_store()
    store.meters.add(Meter(id=0), Meter(id=0))
    store.meters.delete(2)
    assert [meter.id for meter in store.meters.add(Meter(id=0))] == [3]
    store.meters.delete(1, 3)
    store.close()
    store = open_store()
    assert store.meters.next_number() == 4
    assert [meter.id for meter in store.meters.add(Meter(id=0))] == [4]


def test_engine_is_given_the_active_meters_of_its_segment(store: Store) -> None:
    store.meters.add(Meter(id=3), Meter(id=1), Meter(id=2, active=False), Meter(id=4, segment="other"))
    assert [meter.id for meter in store.meters.meters("main")] == [1, 3]


def test_changed_and_deleted_meters(store: Store) -> None:
    store.meters.add(Meter(id=1, name="a"), Meter(id=2))
    store.meters.change(Meter(id=1, name="b"))
    store.meters.delete(2)
    store.meters.load()
    assert [(meter.id, meter.name) for meter in store.meters.all()] == [(1, "b")]
    with pytest.raises(RefusedError, match=r"There is no meter 9\."):
        store.meters.change(Meter(id=9))


def test_answered_tells_readings_written_and_waiting(store: Store, hall: Hall) -> None:
    store.accept(hall.heard(1))
    store.flush()
    store.accept(hall.heard(2))
    store.accept(hall.heard(3, slot=hall.slot(1)))
    assert store.meters.answered(hall.slot(), [1, 2, 3, 4]) == {1, 2}


def test_newest_telegram_and_ended_slot_are_known_after_a_power_cut(open_store: OpenStore, hall: Hall) -> None:
    store = open_store()
    store.accept(hall.heard(1, slot=hall.slot(0), telegrams=(heat_meter(1, 1), water_meter(1, 9))))
    store.missed(hall.missed(1, slot=hall.slot(1)))
    store.accept(hall.heard(1, slot=hall.slot(1) + 7, kind=ReadingKind.MANUAL, telegrams=(heat_meter(1, 2),)))
    assert (store.meters.newest(1), store.meters.ended(1)) == (heat_meter(1, 2), hall.slot(1))
    store.flush()
    store.housekeeping.maintain()
    store.missed(hall.missed(1, slot=hall.slot(2)))
    store.flush()
    store._database.close_all()  # type: ignore[attr-defined]  # as when the power goes
    store.folder.unlock()
    store = open_store()
    assert (store.meters.newest(1), store.meters.ended(1)) == (heat_meter(1, 2), hall.slot(2))
    assert (store.meters.newest(2), store.meters.ended(2)) == (None, None)


def test_settings_are_saved_all_at_once_and_restored_to_default(open_store: OpenStore) -> None:
    store = open_store()
    store.settings.save({"a.b": "1", "c": "two"}, "anna")
    store.settings.save({"a.b": None, "c": "three"}, "anna")
    store.close()
    assert open_store().settings.load() == {"c": "three"}


def test_log_is_listed_newest_first_and_filtered(store: Store, hall: Hall) -> None:
    began = hall.clock.now()
    for severity, source, message in (
        (Severity.INFO, "bus", "Round 1 is over."),
        (Severity.WARNING, "bus", "Meter 3 is silent."),
        (Severity.ERROR, "store", "The disk is full."),
    ):
        store.journal.add(severity, source, message)
        hall.clock.advance(minutes=1)
    store.flush()

    def listed(**chosen: object) -> list[str]:
        entries = store.journal.entries(began, hall.clock.now(), **chosen)  # type: ignore[arg-type]  # given by name
        return [entry.message for entry in entries]

    assert listed() == ["The disk is full.", "Meter 3 is silent.", "Round 1 is over."]
    assert listed(severity=Severity.WARNING, source="bus") == ["Meter 3 is silent."]
    assert listed(text="round") == ["Round 1 is over."]
    assert listed(count=1) == ["The disk is full."]
    store.journal.clear()
    assert listed() == []


def test_entry_is_seen_before_it_is_written_and_once(store: Store, hall: Hall) -> None:
    began = hall.clock.now()
    store.journal.add(Severity.INFO, "bus", "Round 1 is over.")
    store.flush()
    store.journal.add(Severity.WARNING, "bus", "Meter 3 is silent.")
    store.journal.add(Severity.INFO, "audit", "Anna came in.")

    def listed(**chosen: object) -> list[str]:
        entries = store.journal.entries(began, hall.clock.now(), **chosen)  # type: ignore[arg-type]  # given by name
        return [entry.message for entry in entries]

    everything = ["Anna came in.", "Meter 3 is silent.", "Round 1 is over."]
    assert listed() == everything
    assert listed(severity=Severity.WARNING) == listed(text="SILENT") == ["Meter 3 is silent."]
    assert listed(without=("audit",), count=1) == listed(source="Bus", count=1) == ["Meter 3 is silent."]
    waiting = store._writer.waiting()
    store.flush()
    assert store._writer.waiting() == ()
    store._writer.waiting = lambda: waiting  # type: ignore[method-assign]  # written the moment after it was looked at
    assert listed() == everything


def test_log_keeps_what_is_severe_enough_and_holds_a_flood_back(store: Store, hall: Hall) -> None:
    began = hall.clock.now()
    store.journal.add(Severity.DEBUG, "bus", "68 03 03 68")
    for _ in range(1000):
        store.journal.add(Severity.WARNING, "bus", "Meter 3 is silent.")
    hall.clock.advance(seconds=60)
    store.journal.take(Entry(hall.clock.now(), Severity.WARNING, "bus", "Meter 3 is silent."))
    store.flush()
    assert [entry.message for entry in store.journal.entries(began, hall.clock.now(), severity=Severity.DEBUG)] == [
        "Meter 3 is silent.",
        "Meter 3 is silent. (left out 999 times)",
        "Meter 3 is silent.",
    ]


def test_rounds_are_listed_and_their_numbers_go_on(open_store: OpenStore, clock: VirtualClock) -> None:
    store = open_store()
    done = RoundProgress(4, 900, "main", 10, 9, 1, clock.now(), clock.now(), retries=3)
    store.round_ended(done)
    store.round_ended(replace(done, number=5, ended=None))  # progress, no end
    store.close()
    store = open_store()
    assert store.history.rounds() == [done]
    assert store.history.last_round() == 4


def test_boots_tell_how_the_appliance_ended(open_store: OpenStore, clock: VirtualClock) -> None:
    store = open_store()
    clock.advance(hours=1)
    store.close()
    ended = clock.now()
    store = open_store()
    store._database.close_all()  # type: ignore[attr-defined]  # as when the power goes
    store.folder.unlock()
    boots = open_store().history.boots()
    assert [(boot.number, boot.ended) for boot in boots] == [(3, None), (2, None), (1, ended)]


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        (StatusPolicy.ALWAYS, [0, 4, 4, 0]),
        (StatusPolicy.NEVER, []),
        (StatusPolicy.ON_CHANGE, [4, 0]),
        (StatusPolicy.ON_ERROR, [4, 4]),
    ],
)
def test_status_bytes_go_to_the_meters_log_as_asked(
    open_store: OpenStore, hall: Hall, policy: StatusPolicy, kept: list[int]
) -> None:
    began = hall.clock.now()
    store = open_store(options=replace(SMALL, meter_status=policy))
    for number, status in enumerate((0, 4, 4, 0)):
        if number == 2:
            store.close()
            store = open_store(options=replace(SMALL, meter_status=policy))
        hall.clock.advance(minutes=15)
        store.accept(hall.heard(1, telegrams=(heat_meter(1, number, status=status),)))
        store.flush()
    log = store.status.of(1, began, hall.clock.now() + timedelta(seconds=1))
    assert [line.status for line in reversed(log)] == kept


def test_status_byte_stands_where_the_kind_of_telegram_has_it() -> None:
    assert status_byte(heat_meter(1, status=0x1C)) == 0x1C
    assert status_byte(long_frame(bytes.fromhex("7A 05 08 0000"))) == 0x08
    assert status_byte(long_frame(bytes.fromhex("73 12345678 0A 44 E9 7E 01000000 35010000"))) == 0x44
    assert status_byte(long_frame(bytes.fromhex("70 08"))) is None
    assert status_byte(b"\xe5") is None


def test_readings_of_a_meter_by_date(store: Store, hall: Hall) -> None:
    for number in range(20):
        for meter in (1, 2):
            if meter == 1 or number % 7:
                store.accept(hall.heard(meter, slot=hall.slot(number)))
    store.flush()
    slots = [hall.slot(number) for number in range(20)]
    assert [heard.slot for heard in store.readings.between(1, slots[3], slots[5])] == slots[3:6]
    assert [heard.slot for heard in store.readings.latest(2, 3, until=slots[7])] == [slots[6], slots[5], slots[4]]
    assert [heard.slot for heard in store.readings.latest(1, 50, since=slots[18])] == [slots[19], slots[18]]
    assert [slot for slot, *_ in store.readings.raw(1, since=slots[10])] == slots[10:]
    assert store.readings.latest(3) == []
