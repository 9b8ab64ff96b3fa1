"""Buildings: what their meters show over the year, and building files that cannot be used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import VirtualClock
from appliance.errors import SettingError
from appliance.mbus.telegram import decode
from drivers.simulated.blueprint import SHELF, names
from drivers.simulated.building import load
from drivers.simulated.built import BuiltMeter
from drivers.simulated.profiles import PROFILES
from drivers.simulated.registers import Raw

START = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2045, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware at once


def built(name: str, seed: int = 0) -> BuiltMeter:
    instrument = load(name, seed=seed).meters[0].instrument
    assert isinstance(instrument, BuiltMeter)
    return instrument


def counters(meter: BuiltMeter, at: datetime) -> list[int]:
    """What the instantaneous energy and volume records show, in all its telegrams."""
    shown = [raw for dif, vif, raw in meter.values(at) if dif[0] in (0x04, 0x0C) and vif[0] in (0x05, 0x06, 0x13, 0x14)]
    return [raw for raw in shown if isinstance(raw, int)]


@pytest.mark.parametrize("name", names())
def test_every_telegram_of_every_building_decodes_without_a_remark(name: str) -> None:
    for meter in load(name).meters:
        instrument = meter.instrument
        for number in range(instrument.telegram_count):
            telegram = decode(instrument.telegram(number, START, 7, 5))
            assert telegram.records
            assert telegram.sound
            assert telegram.more is (number + 1 < instrument.telegram_count)
            assert (telegram.address, telegram.access_number) == (5, 7)
            assert instrument.secondary_address is not None
            assert telegram.secondary_address == instrument.secondary_address.without_fabrication()
            assert not [record for record in telegram.records if record.meaning.quantity == "unknown"]


@pytest.mark.parametrize("name", names())
def test_telegrams_show_the_values_the_building_says_it_has(name: str) -> None:
    for meter in load(name, seed=9).meters:
        instrument = meter.instrument
        assert isinstance(instrument, BuiltMeter)
        shown: list[object] = []
        for number in range(instrument.telegram_count):
            records = decode(instrument.telegram(number, START, 0, 0)).records or ()
            shown += [record.raw for record in records if record.meaning.quantity != "manufacturer specific"]
        said = [raw.replace(second=0) if isinstance(raw, datetime) else raw for _, _, raw in instrument.values(START)]
        assert shown == said


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_counters_never_run_back(moment: datetime, later: timedelta) -> None:
    before, after = (counters(METER, at) for at in (moment, moment + later))
    assert before
    assert all(one <= other for one, other in zip(before, after, strict=True))


METER = built("apartment-block")


@given(st.lists(MOMENTS, min_size=2, max_size=6))
def test_value_at_a_time_does_not_depend_on_who_asked_when(moments: list[datetime]) -> None:
    once = {moment: METER.values(moment) for moment in moments}
    again = {moment: METER.values(moment) for moment in reversed(moments)}
    assert once == again
    assert built("apartment-block").values(moments[0]) == once[moments[0]]


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_profile_is_the_sum_of_its_paces(name: str) -> None:
    profile = PROFILES[name]
    moment, hours = START.replace(minute=0), 24 * 365
    total = sum(profile.pace(moment + timedelta(hours=hour)) for hour in range(hours)) / hours
    elapsed = profile.elapsed(moment + timedelta(hours=hours)) - profile.elapsed(moment)
    assert total == pytest.approx(elapsed, rel=1e-9)
    assert elapsed == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_consumption_within_a_day_goes_by_the_hours(name: str) -> None:
    profile = PROFILES[name]
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    hours = [midnight + timedelta(hours=hour) for hour in range(25)]
    consumed = [profile.elapsed(later) - profile.elapsed(earlier) for earlier, later in pairwise(hours)]
    assert consumed == pytest.approx([profile.pace(hour) / 8760 for hour in hours[:24]], rel=1e-6, abs=1e-12)


def test_heating_is_a_matter_of_winter() -> None:
    energy = [counters(METER, datetime(2026, month, 1, tzinfo=UTC))[0] for month in (1, 2, 7, 8)]
    assert energy[1] - energy[0] > 5 * (energy[3] - energy[2])


def test_stored_value_is_that_of_the_due_date() -> None:
    def shown(dif: int, vif: int, at: datetime) -> Raw:
        return next(raw for d, v, raw in METER.values(at) if (d[0], v[0]) == (dif, vif))

    due = datetime(2025, 12, 31, 23, 0, tzinfo=UTC)  # midnight of the meter's clock
    assert shown(0x44, 0x06, START) == shown(0x04, 0x06, due)
    assert str(shown(0x42, 0x6C, START)) == "2025-12-31"
    assert str(shown(0x42, 0x6C, datetime(2027, 1, 1, tzinfo=UTC))) == "2026-12-31"


def test_seed_makes_other_meters_and_the_same_seed_the_same() -> None:
    one, same, other = (built("apartment-block", seed=seed) for seed in (1, 1, 2))
    assert one.telegram(0, START, 0, 0) == same.telegram(0, START, 0, 0)
    assert one.telegram(0, START, 0, 0) != other.telegram(0, START, 0, 0)


@pytest.mark.parametrize("size", [1, 7, 60, 250])
def test_building_of_any_size_keeps_its_proportions_and_its_numbers_apart(size: int) -> None:
    meters = load("apartment-block", meters=size, seed=4).meters
    assert len(meters) == size
    assert len({str(meter.instrument.secondary_address) for meter in meters}) == size
    heat = sum("KAM-8" in str(meter.instrument.secondary_address) for meter in meters)
    assert abs(heat - size / 3) < 1


def test_consumption_can_run_faster_and_goes_on_from_where_it_is(clock: VirtualClock) -> None:
    building = load("apartment-block")
    meter = building.meters[0].instrument
    assert isinstance(meter, BuiltMeter)
    before = counters(meter, clock.now())
    building.run_at(100, clock.now())
    assert counters(meter, clock.now()) == before
    clock.advance(days=1)
    fast = counters(meter, clock.now())
    assert fast[0] - before[0] > 50 * (before[0] - counters(METER, START - timedelta(days=1))[0])
    building.run_at(1, clock.now())
    assert counters(meter, clock.now()) == fast


SOUND = """
[[meters]]
name = "water"
manufacturer = "ELS"
version = 1
medium = 7
identification = [10000000, 10000009]

[[meters.telegrams]]
records = [ { dif = "0C", vif = "13", shows = "counter", name = "volume", yearly = [10, 20] } ]
"""


def file_of(tmp_path: Path, text: str) -> str:
    path = tmp_path / "house.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_building_of_ones_own_is_a_file(tmp_path: Path) -> None:
    assert len(load(file_of(tmp_path, SOUND)).meters) == 1


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("[[meters]]", "[[meters", "line 2"),
        ("version = 1", "version = 300", 'meters 1 "water".version: it is a whole number from 0 to 254, not 300'),
        ("version = 1", "", 'meters 1 "water".version: it is missing'),
        ("version = 1", "version = true", "not True"),
        ("version = 1", 'version = "1"', "not '1'"),
        ('"ELS"', '"ELSA5"', "A manufacturer is three letters"),
        ("medium = 7", "medium = 7\nmedum = 8", "medum: nothing is known by that name, only medium"),
        ("[10000000, 10000009]", "[10000009, 10000000]", "the lower one first"),
        ("[10000000, 10000009]", "[1, 100000000]", "eight digits"),
        ("[10000000, 10000009]", "10000000\ncount = 0", "count: it is a whole number from 1"),
        ("[10000000, 10000009]", "[10000000, 10000009]\ncount = 11", "are not enough numbers for 11 meters"),
        ('"0C"', '"0G"', "hex digits"),
        ('"0C"', '""', "at least one octet"),
        ('"0C"', '"05"', "a record that shows counter has a data field of"),
        ('"counter"', '"counted"', "shows: it is one of counter"),
        ("yearly = [10, 20]", "yearly = [-10, 20]", "does not count down"),
        (", yearly = [10, 20]", "", "yearly: it is missing"),
        ('shows = "counter"', 'shows = "stored", of = "energy"', "yearly: nothing is known by that name"),
        ("yearly = [10, 20]", 'yearly = [10, 20], profile = "lazy"', "profile: it is one of even"),
        ("medium = 7", 'medium = 7\nfaults = ["dead"]', 'There is no simulated fault "dead"'),
        ("medium = 7", "medium = 7\nbaud_rate = 1000", "baud_rate: it is one of 0, 300"),
        ("medium = 7", "medium = 7\nlatest_answer = 2.0", "0.0 is as early"),
        ("medium = 7", "medium = 7\nlatest_answer = true", "latest_answer: it is a number, not True"),
        ("medium = 7", "medium = 7\nname = 7", "Cannot overwrite a value"),
        ('name = "water"', "name = 7", "name: it is a text in quotation marks, not 7"),
        ("records = [ {", "records = [ 1, {", "it is not a table"),
        ("[[meters.telegrams]]", "[[meters.telegram]]", "telegrams: it is missing"),
        (SOUND, "", "meters: it is missing"),
        (SOUND, SOUND + SOUND, 'two groups have the name "water"'),
        (
            SOUND,
            SOUND.replace(
                "yearly = [10, 20] }", 'yearly = [10, 20] }, { dif = "4C", vif = "13", shows = "stored", of = "flow" }'
            ),
            'no counter or share before it has the name "flow"',
        ),
        (
            SOUND,
            SOUND.replace(
                '{ dif = "0C"', '{ dif = "09", vif = "74", shows = "constant", value = 123456 }, { dif = "0C"'
            ),
            "123456",
        ),
        (
            SOUND,
            SOUND.replace(
                "records = [", "records = [" + '{ dif = "0E", vif = "13", shows = "counter", yearly = 1 },' * 40
            ),
            "A frame holds at most",
        ),
    ],
)
def test_broken_building_file_is_told_by_file_entry_and_reason(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    file = file_of(tmp_path, SOUND.replace(before, after))
    with pytest.raises(SettingError) as refused:
        load(file)
    assert file in str(refused.value)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_share_of_a_building_file_may_be_a_whole_number(tmp_path: Path) -> None:
    assert load(file_of(tmp_path, SOUND.replace("medium = 7", "medium = 7\nlatest_answer = 1"))).meters


def test_unknown_building_is_told_with_the_names_there_are() -> None:
    with pytest.raises(SettingError, match="apartment-block, bad-wiring, boiler-room, factory, optical-head"):
        load("castle")


def test_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="No such file"):
        load(str(tmp_path / "none.toml"))
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match="UTF-8"):
        load(str(tmp_path / "binary.toml"))


def test_the_shelf_holds_what_the_manual_names() -> None:
    assert [path.stem for path in sorted(SHELF.iterdir())] == [
        "apartment-block",
        "bad-wiring",
        "boiler-room",
        "factory",
        "optical-head",
    ]


def test_building_without_meters_is_refused() -> None:
    with pytest.raises(SettingError, match="at least one meter, not 0"):
        load("factory", meters=0)


def test_more_faulty_meters_than_there_are_is_refused() -> None:
    with pytest.raises(SettingError, match="the building has 8"):
        load("boiler-room").give_by_name("deaf:9")
