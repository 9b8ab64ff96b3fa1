"""A meter's past is found whatever its slots are, as a search through all rows would find it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.mbus.codings import Raw
from appliance.mbus.telegram import decode
from appliance.ports import Heard, ReadingKind
from appliance.store import Store
from appliance.store.blocks import Block
from appliance.store.database import connected, query
from appliance.store.past import LAST_OFF_GRID, LAST_ON_GRID, OFF_GRID, ON_GRID
from appliance.store.readings import COLUMNS, RAW_COLUMNS
from tests.store.conftest import Hall
from tests.store.telegrams import heat_meter, unreadable, water_meter

METERS = 3
TELEGRAMS = (heat_meter(1, 77), heat_meter(1, 78), water_meter(1, 9), unreadable(1))
FRESH = count(1, METERS)  # each example has meters of its own, among all those of the examples before
BY_METER_AND_SLOT = "(slot=? AND meter=?)"


@dataclass(frozen=True)
class Told:
    """A reading to be kept, and whether it is on the disk before the next comes."""

    meter: int
    second: int
    kind: ReadingKind
    telegrams: tuple[bytes, ...]
    written: bool


SECONDS = st.builds(lambda number, step: number * step, st.integers(0, 9), st.sampled_from((900, 450, 7)))
READINGS = st.builds(
    Told,
    st.integers(0, METERS - 1),
    SECONDS,
    st.sampled_from((ReadingKind.SCHEDULED, ReadingKind.SCHEDULED, ReadingKind.MANUAL, ReadingKind.RADIO)),
    st.lists(st.sampled_from(TELEGRAMS), min_size=1, max_size=3).map(tuple),
    st.booleans(),
)

Plain = dict[int, tuple[bytes, ...]]
"""Slot to telegrams: the past of a meter, told simply."""


def keep(store: Store, hall: Hall, first: int, told: list[Told]) -> list[Plain]:
    """Give readings to the store; what it should know of each meter then."""
    plain: list[Plain] = [{} for _ in range(METERS)]
    for one in told:
        slot = hall.slot() + one.second
        store.accept(hall.heard(first + one.meter, slot, kind=one.kind, telegrams=one.telegrams))
        plain[one.meter].setdefault(slot, one.telegrams)
        if one.written:
            store.flush()
    return plain


def pairs(found: list[Heard]) -> list[tuple[int, tuple[bytes, ...]]]:
    return [(heard.slot, heard.telegrams) for heard in found]


def pairs_of(block: Block) -> Iterator[tuple[int, tuple[Raw, ...]]]:
    """Each slot with the values of its telegram."""
    columns = [block.values(index) for index in range(len(block.meanings))]
    return zip(block.slots, zip(*columns, strict=True), strict=True)


def raws(telegrams: tuple[bytes, ...]) -> list[tuple[object, ...]]:
    return [tuple(record.raw for record in decode(octets).records or ()) for octets in telegrams]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(READINGS, max_size=25), span=st.tuples(SECONDS, SECONDS), most=st.integers(1, 5))
def test_past_is_that_of_a_search_through_all_rows(
    store: Store, hall: Hall, told: list[Told], span: tuple[int, int], most: int
) -> None:
    first = next(FRESH)
    since, until = (hall.slot() + second for second in span)
    for meter, plain in enumerate(keep(store, hall, first, told), first):
        whole = sorted(plain.items())
        within = [(slot, telegrams) for slot, telegrams in whole if since <= slot <= until]
        assert pairs(store.readings.between(meter)) == whole
        assert pairs(store.readings.between(meter, since, until)) == within
        assert pairs(store.readings.latest(meter, most, since, until)) == within[::-1][:most]
        assert pairs([h] if (h := store.readings.newest(meter)) else []) == whole[-1:]
        assert pairs([h] if (h := store.readings.at(meter, since)) else []) == [(s, t) for s, t in whole if s == since]
        found = [pair for block in store.readings.values(meter, since, until) for pair in pairs_of(block)]
        assert sorted(found, key=repr) == sorted(((s, row) for s, t in within for row in raws(t)), key=repr)


@pytest.mark.parametrize("columns", [COLUMNS, RAW_COLUMNS])
def test_meters_past_costs_one_seek_a_slot(store: Store, columns: str) -> None:
    on_grid, off_grid = plan(store, ON_GRID.format(columns=columns)), plan(store, OFF_GRID.format(columns=columns))
    assert [BY_METER_AND_SLOT in line for line in on_grid] == [False, True]
    assert "reading_off_grid" in off_grid[0]
    assert BY_METER_AND_SLOT in off_grid[1]


def test_last_reading_is_looked_for_from_the_end(store: Store) -> None:
    on_grid, off_grid = plan(store, LAST_ON_GRID), plan(store, LAST_OFF_GRID)
    assert "USING INTEGER PRIMARY KEY" in on_grid[0]
    assert "USING INDEX reading_off_grid" in off_grid[0]
    assert not [line for line in (*on_grid, *off_grid) if "ORDER BY" in line]


def plan(store: Store, sql: str) -> list[str]:
    """What SQLite will do."""
    with connected(store._database):
        return [line for *_, line in query(store._database, f"EXPLAIN QUERY PLAN {sql}", (0,) * sql.count("?"))]
