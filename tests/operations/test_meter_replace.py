"""A meter that takes another's place: name, values and series go on, its counter's jump is nobody's consumption."""

from __future__ import annotations

import pytest

from appliance.errors import RefusedError, StoreError
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Addressing, Meter
from appliance.operations.asked import YesAsked
from tests.operations.orders import cells, order
from tests.operations.world import World, water_meter

OLD, NEW = "10473002", "10473777"


@pytest.fixture
def flat(world: World) -> World:
    """Flat 12 was read once an hour, at 400 and 401 m3."""
    world.settings.set({"segment.main.url": "serial:///dev/ttyUSB0"}, "test")
    world.store.meters.add(Meter(id=12, name="Flat 12"))
    order(world, f"meter set id=12 secondary_address={OLD} cost_centre=125b12")
    for litres in (400_000, 401_000):
        read(world, OLD, litres)
    world.clock.advance(seconds=1)
    return world


def read(world: World, address: str, litres: int) -> None:
    """An hour later."""
    world.clock.advance(hours=1)
    world.engine.answers[address] = water_meter(address, litres)
    order(world, "meter read id=12")


def address(world: World) -> str:
    meter = world.store.meters.find(12)
    assert meter is not None
    assert meter.secondary_address is not None
    return meter.secondary_address.identification


def test_series_goes_on_with_the_new_meter_and_marks_the_swap(flat: World) -> None:
    answer = order(flat, f'meter replace "Flat 12" {NEW} confirm=yes')
    assert answer.sentence == (
        f"Flat 12 goes on as {NEW}, which did not answer: No answer from {NEW} (select, 3 attempts)"
    )
    for litres in (900_000, 902_000):
        read(flat, NEW, litres)
    rows = order(flat, 'series show "Flat 12"/0 consumption=true')
    assert cells(rows, "mark") == ["", "meter replaced", "", ""]
    assert [str(value) for value in cells(rows, "consumption")] == ["2.000", "None", "1.000", "None"]
    assert str(cells(order(flat, 'series show "Flat 12"/0'), "value")[1]) == "900.000"


def test_day_of_the_swap_has_no_consumption(flat: World) -> None:
    order(flat, f"meter replace id=12 {NEW} confirm=yes")
    read(flat, NEW, 900_000)
    flat.clock.advance(days=1)
    read(flat, NEW, 901_000)
    rows = order(flat, 'series show "Flat 12"/0 by=day consumption=true')
    assert cells(rows, "mark")[-1] == "meter replaced"
    assert cells(rows, "consumption")[-1] is None


def test_swap_may_be_told_afterwards(flat: World) -> None:
    order(flat, f"meter replace id=12 {NEW} at=30min confirm=yes")
    assert cells(order(flat, 'series show "Flat 12"/0'), "mark") == ["meter replaced", ""]


def test_meter_of_the_list_takes_the_place_and_leaves_its_own(flat: World) -> None:
    flat.store.meters.add(Meter(id=13, name="New one"))
    order(flat, f"meter set id=13 secondary_address={NEW}")
    flat.engine.answers[NEW] = water_meter(NEW)
    answer = order(flat, 'meter replace "Flat 12" "New one" confirm=yes')
    assert answer.sentence == f"Flat 12 goes on as {NEW}, which answered; what it was read as id=13 is kept"
    assert [meter.id for meter in flat.store.meters.all()] == [12]
    assert address(flat) == NEW
    assert flat.engine.reconfigured


def test_swap_that_cannot_be_noted_leaves_both_meters_as_they_were(
    flat: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(flat, f"meter add secondary={NEW} read=false")
    before = flat.store.meters.all()

    def full(name: str, value: str | None) -> None:
        raise StoreError(f"The disk is full: {name} {value}")

    monkeypatch.setattr(flat.store.facts, "put", full)
    with pytest.raises(StoreError, match="disk is full"):
        order(flat, f"meter replace id=12 {NEW} confirm=yes")
    monkeypatch.undo()
    flat.store.meters.load()
    assert flat.store.meters.all() == before


def test_meter_by_primary_address_tells_itself_who_it_is(flat: World) -> None:
    order(flat, "meter replace id=12 primary=5 confirm=yes")
    meter = flat.store.meters.find(12)
    assert meter is not None
    assert (meter.addressing, meter.primary_address, meter.secondary_address) == (Addressing.PRIMARY, 5, None)
    flat.engine.answers["5"] = water_meter(NEW)
    order(flat, "meter read id=12")
    assert address(flat) == NEW


def test_swap_is_in_the_log(flat: World) -> None:
    order(flat, f"meter replace id=12 {NEW} confirm=yes")
    assert cells(order(flat, "log list text=replaced"), "message") == [
        f"Flat 12 ({OLD}-ELS-1-7) was replaced by {NEW} at {flat.clock.now():%Y-%m-%d %H:%M:%S}, says anna."
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("meter replace id=12 nobody", "nobody is no meter of the list and no address"),
        ("meter replace id=12 primary=251", "A primary address is 0 to 250, not 251"),
        ("meter replace id=12 id=12", "id=12 is Flat 12 itself"),
        (f"meter replace id=12 {NEW} at=2099-01-01", "cannot have been replaced later than now"),
        (f"meter replace id=99 {NEW}", "No meter matches id=99"),
    ],
)
def test_swap_that_cannot_be_is_refused(flat: World, line: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        order(flat, f"{line} confirm=yes")
    assert address(flat) == OLD


def test_swap_is_asked_with_both_media_and_what_becomes_of_the_second_entry(flat: World) -> None:
    flat.store.meters.add(Meter(id=13, name="Lift", secondary_address=SecondaryAddress.parse("10473777-ELS-1-2")))
    with pytest.raises(YesAsked, match="confirm=yes does it") as asked:
        order(flat, "meter replace id=12 Lift")
    assert asked.value.question == (
        "Flat 12, water (10473002-ELS-1-7), is replaced by Lift, electricity (10473777-ELS-1-2)."
        " It is another medium: the series would go on with what is not comparable."
        " Lift leaves the list; what it was read as id=13 is kept. Replace it?"
    )
    assert address(flat) == OLD


def test_meter_that_says_another_medium_is_refused(flat: World) -> None:
    order(flat, "meter set id=12 secondary_address=10473002-ELS-1-2")
    flat.engine.answers[NEW] = water_meter(NEW)
    with pytest.raises(RefusedError, match=f"{NEW} says it is water, but Flat 12 is electricity"):
        order(flat, f"meter replace id=12 {NEW} confirm=yes")
    assert address(flat) == OLD
