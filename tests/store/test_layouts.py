"""A layout is kept once, only the data octets with each reading; what has no layout is kept whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import StoreError
from appliance.store import Store
from appliance.store.database import connected, query, run
from appliance.store.layouts import WHOLE
from tests.mbus.mutate import seal
from tests.store.conftest import Hall, OpenStore
from tests.store.telegrams import heat_meter, unreadable, water_meter


def test_meters_of_a_kind_share_a_layout(store: Store, hall: Hall) -> None:
    for meter in range(1, 41):
        store.accept(hall.heard(meter, telegrams=(heat_meter(meter, meter * 1001),)))
    store.flush()
    with connected(store._database):
        assert query(store._database, "SELECT COUNT(*) FROM layout") == [(1,)]
        lengths = query(store._database, "SELECT DISTINCT LENGTH(octets) FROM reading")
    assert lengths == [(len(heat_meter(1)) - 42,)]  # every octet that tells form is in the layout
    for meter in range(1, 41):
        assert store.readings.latest(meter)[0].telegrams == (heat_meter(meter, meter * 1001),)


def test_telegram_without_layout_is_kept_whole(store: Store, hall: Hall) -> None:
    store.accept(hall.heard(1, telegrams=(unreadable(1),)))
    store.flush()
    assert [(layout, octets) for _, layout, octets in store.readings.raw(1)] == [(WHOLE, unreadable(1))]


def test_telegram_with_a_wrong_checksum_comes_back_as_it_was(store: Store, hall: Hall) -> None:
    octets = water_meter(1)[:-2] + b"\x00\x16"
    store.accept(hall.heard(1, telegrams=(octets,)))
    store.flush()
    assert store.readings.latest(1)[0].telegrams == (octets,)


def test_encrypted_telegram_of_the_shape_of_a_plain_one_shows_no_values(store: Store, hall: Hall) -> None:
    plain = heat_meter(1)
    encrypted = seal(plain[4:17] + b"\x40\x05" + plain[19:-2])  # four blocks in mode 5
    store.accept(hall.heard(1, slot=hall.slot(0), telegrams=(plain,)))
    store.accept(hall.heard(1, slot=hall.slot(1), telegrams=(encrypted,)))
    store.flush()
    assert [layout for _, layout, _ in store.readings.raw(1)] == [1, WHOLE]
    assert [block.slots for block in store.readings.values(1) if block.meanings] == [[hall.slot(0)]]


def test_layouts_are_known_after_a_restart(open_store: OpenStore, hall: Hall) -> None:
    for number in range(2):
        store = open_store()
        store.accept(hall.heard(1, slot=hall.slot(number), telegrams=(heat_meter(1, number),)))
        store.close()
    store = open_store()
    assert [heard.telegrams for heard in store.readings.between(1)] == [(heat_meter(1, 0),), (heat_meter(1, 1),)]
    with connected(store._database):
        assert query(store._database, "SELECT COUNT(*) FROM layout") == [(1,)]


def test_layout_of_a_batch_that_failed_is_written_with_the_next(store: Store, hall: Hall) -> None:
    write, store._writer._write = store._writer._write, _fails_late(store)
    store.accept(hall.heard(1))
    store.flush()
    assert hall.stored() == []
    store._writer._write = write
    hall.clock.advance(seconds=5)
    store.pump()
    assert store.readings.latest(1)[0].telegrams == (heat_meter(1),)


def test_captured_telegrams_come_back_octet_for_octet(store: Store, hall: Hall, captured: Path) -> None:
    files = sorted((captured / "wired").glob("*.hex"))
    frames = [bytes.fromhex(file.read_text().replace("\n", " ")) for file in files]
    for number, octets in enumerate(frames):
        store.accept(hall.heard(number + 1, telegrams=(octets,)))
    store.flush()
    assert [store.readings.latest(number + 1)[0].telegrams[0] for number in range(len(frames))] == frames


def _fails_late(store: Store):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a fault put in place of `Pen.write`
    from appliance.errors import StoreError
    from appliance.store.batch import Batch
    from appliance.store.database import writing

    def write(batch: Batch) -> tuple[tuple[int, int], ...]:
        with writing(store._database):
            store.layouts.pack(next(iter(batch.heard.values())).telegrams[0], {})
            raise StoreError("The disk went away.")

    return write


def test_damaged_layout_costs_its_own_readings_only(open_store: OpenStore, hall: Hall) -> None:
    store = open_store()
    store.accept(hall.heard(1))
    store.accept(hall.heard(2, telegrams=(water_meter(2),)))
    store.flush()
    with connected(store._database):
        run(store._database, "UPDATE layout SET mask = ZEROBLOB(LENGTH(mask)) WHERE number = 1")
    store.close()
    store = open_store()
    assert store.readings.latest(2)[0].telegrams == (water_meter(2),)
    with pytest.raises(StoreError, match="layout 1 is damaged"):
        store.readings.latest(1)
    store.accept(hall.heard(1, slot=hall.slot(1)))
    store.flush()
    assert [heard.slot for heard in store.readings.latest(1)] == [hall.slot(1)]
