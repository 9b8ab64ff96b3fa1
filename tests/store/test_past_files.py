"""A file that an earlier version left opens, twice, with everything it held; `tests/databases` has one of each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from appliance.mbus.telegram import decode
from appliance.store import Store, schema
from tests.auditor import audit
from tests.store.conftest import Hall, OpenStore
from tests.store.telegrams import unreadable, water_meter

FOLDER = Path(__file__).parents[1] / "databases"
NUMBERS = [number for number, _ in schema.steps()]
FIRST = 1795240800  # slot of the first round
SLOTS = [FIRST + 900 * number for number in range(4)]
MANUAL = FIRST + 77
DELETED = 3  # taken off the list, its values kept


def load(number: int, path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.execute((FOLDER / f"schema_{number}.sql").read_text())
    connection.close()


def look_through(store: Store) -> None:
    """What each of the files holds."""
    assert [(meter.id, meter.name, meter.location) for meter in store.meters.all()] == [
        (1, "Flat 1", ""),
        (2, "Flat 2", "cellar"),
    ]
    assert store.meters.next_number() == DELETED + 1
    assert store.settings.load() == {"identity.name": "old house", "readout.schedule": "15min"}
    first = store.readings.between(1)
    assert [heard.slot for heard in first] == sorted([*SLOTS, MANUAL])
    assert [heard.telegrams[1:] for heard in first if heard.slot != MANUAL] == [
        (water_meter(1, number),) for number in range(4)
    ]
    assert {len(decode(heard.telegrams[0]).records or ()) for heard in first} == {15}
    assert [heard.telegrams for heard in store.readings.between(2)] == [(unreadable(2, 1),), (unreadable(2, 3),)]
    assert SLOTS[2] in [missed.slot for missed in store.readings.missed(0)]
    assert [heard.slot for heard in store.readings.latest(DELETED, 2)] == [SLOTS[3], SLOTS[2]]
    assert [slot for slot, _ in store.outbox.waiting(7)] == sorted([*SLOTS, MANUAL])
    assert [done.slot for done in store.history.rounds()] == SLOTS[::-1]


@pytest.mark.parametrize("number", NUMBERS)
def test_file_of_a_past_version_opens_twice_with_all_it_held(
    open_store: OpenStore, hall: Hall, tmp_path: Path, number: int
) -> None:
    load(number, tmp_path / "busmeister.db")
    for _ in range(2):
        store = open_store()
        assert store.recovery is None
        look_through(store)
        store.housekeeping.maintain()
        store.close()
    assert audit(tmp_path / "busmeister.db").problems == []


@pytest.mark.parametrize("number", [number for number in NUMBERS if number >= 3])
def test_people_of_a_past_version_come_in_as_before(open_store: OpenStore, tmp_path: Path, number: int) -> None:
    load(number, tmp_path / "busmeister.db")
    assert [(user.name, user.level) for user in open_store().users.load()] == [("anna", 3)]


@pytest.mark.parametrize("number", [number for number in NUMBERS if number >= 6])
def test_what_lasted_in_a_past_version_still_lasts(
    open_store: OpenStore, hall: Hall, tmp_path: Path, number: int
) -> None:
    load(number, tmp_path / "busmeister.db")
    now = hall.clock.now()
    lasting = open_store().events.events(now, now + timedelta(days=1), open_only=True)
    assert [(one.number, one.what, one.about, one.seen_by) for one in lasting] == [(2, "readout_failed", "2", "anna")]


def test_there_is_a_file_of_each_version() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.sql")) == [f"schema_{number}.sql" for number in NUMBERS]
