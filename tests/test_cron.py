"""Schedules: presets on the local grid, cron patterns as the manuals describe them, both edges of summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.cron import PRESETS, Schedule
from appliance.errors import SettingError

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = datetime(2026, 11, 21, 6, 7, tzinfo=UTC)  # 07:07 in Berlin
SPRING = datetime(2026, 3, 29, 0, 40, tzinfo=UTC)  # 01:40, twenty minutes before 03:00
AUTUMN = datetime(2026, 10, 24, 23, 40, tzinfo=UTC)  # 01:40, 02:00 comes twice


def upcoming(text: str, after: datetime, count: int, zone: ZoneInfo = BERLIN, seed: str = "") -> list[datetime]:
    schedule, instants = Schedule.parse(text, seed), []
    for _ in range(count):
        after = schedule.next(after, zone)
        instants.append(after)
    return instants


def local(text: str, after: datetime, count: int, form: str = "%d.%m. %H:%M") -> list[str]:
    return [instant.astimezone(BERLIN).strftime(form) for instant in upcoming(text, after, count)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 * * * *", ["21.11. 07:15", "21.11. 08:15"]),
        ("*/15 * * * *", ["21.11. 07:15", "21.11. 07:30", "21.11. 07:45", "21.11. 08:00"]),
        ("* * * * *", ["21.11. 07:08", "21.11. 07:09"]),
        ("* 12 * * mon", ["23.11. 12:00", "23.11. 12:01"]),
        ("* 12 16 * mon", ["16.08. 12:00"]),
        ("59 11 * * 1,2,3,4,5", ["23.11. 11:59", "24.11. 11:59"]),
        ("59 11 * * 1-5", ["23.11. 11:59", "24.11. 11:59"]),
        ("*/15 9-17 * * *", ["21.11. 09:00", "21.11. 09:15"]),
        ("* 12 10-16/2 * *", ["10.12. 12:00"]),
        ("0 12 1-15,17,20-22 * *", ["21.11. 12:00", "22.11. 12:00", "01.12. 12:00"]),
        ("0 5 * * *|8 10 * * *|22 17 * * *", ["21.11. 10:08", "21.11. 17:22", "22.11. 05:00"]),
    ],
)  # fmt: skip
def test_patterns_of_the_manual(text: str, expected: list[str]) -> None:
    assert local(text, SATURDAY, len(expected)) == expected


def test_hour_seventeen_belongs_to_nine_to_seventeen() -> None:
    assert "21.11. 17:45" in local("*/15 9-17 * * *", SATURDAY, 40)
    assert local("*/15 9-17 * * *", SATURDAY, 37)[-1] == "22.11. 09:00"


def test_random_minute_is_once_a_day_and_stays_on_its_device() -> None:
    runs = upcoming("?1-30 0 * * *", SATURDAY, 5, seed="A1")
    assert {run.astimezone(BERLIN).hour for run in runs} == {0}
    assert len({run.astimezone(BERLIN).minute for run in runs}) == 1
    assert 1 <= runs[0].astimezone(BERLIN).minute <= 30
    assert runs == upcoming("?1-30 0 * * *", SATURDAY, 5, seed="A1")


def test_many_devices_spread_over_the_random_range() -> None:
    minutes = {upcoming("?0-59 3 * * *", SATURDAY, 1, seed=str(number))[0].minute for number in range(200)}
    assert len(minutes) > 40


def test_lone_question_mark_is_any_value_of_its_field() -> None:
    assert 0 <= upcoming("? 3 * * *", SATURDAY, 1)[0].minute <= 59


def test_sunday_is_zero_and_seven() -> None:
    assert (
        upcoming("0 0 * * 0", SATURDAY, 3) == upcoming("0 0 * * 7", SATURDAY, 3) == upcoming("0 0 * * sun", SATURDAY, 3)
    )
    assert local("0 0 * * 5-7", SATURDAY, 3, "%a") == ["Sun", "Fri", "Sat"]


def test_months_have_names_and_last_days() -> None:
    assert local("0 0 L * *", SATURDAY, 4) == ["30.11. 00:00", "31.12. 00:00", "31.01. 00:00", "28.02. 00:00"]
    assert local("0 0 1 jan-mar *", SATURDAY, 3) == ["01.01. 00:00", "01.02. 00:00", "01.03. 00:00"]


def test_leap_day_on_a_monday_is_decades_away_and_found() -> None:
    assert upcoming("0 0 29 2 mon", SATURDAY, 1)[0].astimezone(BERLIN).year == 2044


@pytest.mark.parametrize(
    "text",
    ["", "every hour", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
     "*/0 * * * *", "5-1 * * * *", "a * * * *", "* * * * mon-", "0 0 30 2 *",
     "?? * * * *", "1,, * * * *", "-1 * * * *"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(SettingError, match=r"^[A-Z][^\n]*\.$"):
        Schedule.parse(text)


def test_there_are_twenty_four_presets() -> None:
    assert len(PRESETS) == 24


@pytest.mark.parametrize(("text", "period"), PRESETS.items())
def test_presets_lie_on_the_grid_of_the_local_day(text: str, period: int) -> None:
    first, second = upcoming(text, SATURDAY, 2)
    start = first.astimezone(BERLIN)
    midnight = start.replace(hour=0, minute=0, second=0)
    assert (start - midnight).total_seconds() % min(period, 86400) == 0
    expected = {timedelta(seconds=period)} | ({timedelta(hours=6)} if text == "18h" else set())
    assert second - first in expected


def test_quarter_hours_run_through_both_edges_without_a_gap() -> None:
    for start in (SPRING, AUTUMN):
        runs = upcoming("15min", start, 20)
        assert {later - earlier for earlier, later in pairwise(runs)} == {timedelta(minutes=15)}


def test_hour_that_spring_skips_is_not_lost() -> None:
    assert local("30 2 * * *", SPRING, 2) == ["29.03. 03:00", "30.03. 02:30"]
    assert local("0 2,3 * * *", SPRING, 2) == ["29.03. 03:00", "30.03. 02:00"]


def test_wildcard_hour_gets_no_extra_run_from_the_gap() -> None:
    assert local("15 * * * *", SPRING, 2) == ["29.03. 03:15", "29.03. 04:15"]


def test_hour_that_autumn_repeats_runs_once_where_it_is_fixed() -> None:
    assert local("30 2 * * *", AUTUMN, 2) == ["25.10. 02:30", "26.10. 02:30"]
    assert local("15 * * * *", AUTUMN, 3, "%H:%M%z") == ["02:15+0200", "02:15+0100", "03:15+0100"]


def test_every_second_hour_keeps_to_the_clock_through_both_edges() -> None:
    assert local("0 */2 * * *", SPRING, 3, "%H:%M%z") == ["03:00+0200", "04:00+0200", "06:00+0200"]
    assert local("0 */2 * * *", AUTUMN, 3, "%H:%M%z") == ["02:00+0200", "04:00+0100", "06:00+0100"]
    assert local("15 */1 * * *", AUTUMN, 2, "%H:%M%z") == ["02:15+0200", "02:15+0100"]


def test_preset_of_less_than_an_hour_leaves_no_longer_gap_than_an_hour() -> None:
    runs = upcoming("45min", AUTUMN - timedelta(hours=3), 8)
    assert max(later - earlier for earlier, later in pairwise(runs)) == timedelta(hours=1)


def test_zone_that_changes_at_midnight() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # on 2026-04-24 the clock goes from 00:00 to 01:00
    runs = upcoming("24h", datetime(2026, 4, 23, 12, tzinfo=UTC), 2, cairo)
    assert [run.astimezone(cairo).strftime("%d %H:%M") for run in runs] == ["24 01:00", "25 00:00"]


def test_latest_is_the_instant_before_or_at() -> None:
    schedule = Schedule.parse("15min")
    assert schedule.latest(SATURDAY, BERLIN) == datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
    on_the_grid = datetime(2026, 11, 21, 6, 15, tzinfo=UTC)
    assert schedule.latest(on_the_grid, BERLIN) == on_the_grid
    assert Schedule.parse("672h").latest(SATURDAY, BERLIN) is not None
    assert Schedule.parse("0 0 29 2 mon").latest(SATURDAY, BERLIN) is None


@given(
    st.sampled_from(
        ["15min", "45min", "3h", "24h", "168h", "*/7 * * * *", "30 2 * * *", "0 0 L * mon", "?1-30 */2 * * *"]
    ),
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
)
def test_next_and_latest_agree_and_never_stand_still(text: str, zone_name: str, naive: datetime) -> None:
    schedule, zone, instant = Schedule.parse(text), ZoneInfo(zone_name), naive.replace(tzinfo=UTC)
    following = schedule.next(instant, zone)
    assert following > instant
    assert schedule.latest(following, zone) == following
    latest = schedule.latest(instant, zone)
    if latest is not None:
        assert latest <= instant
        assert schedule.next(latest, zone) == following
