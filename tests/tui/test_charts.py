"""Charts: what of time they show, and how that is drawn into cells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from appliance.operations.curves import Curve, Extremes
from tui.draw import Line
from tui.screens.meter.chart_lines import curve_facts, plot_of
from tui.widgets.chart import CURSOR, Plot, Span, bars, curve, plot_width
from tui.widgets.scale import edges, whole
from tui.window import DAY, HOUR, LONGEST, SHORTEST, Window

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SINCE = int(NOON.timestamp()) - DAY
SPAN = Span(SINCE, SINCE + DAY, BERLIN)


def text(lines: list[Line]) -> list[str]:
    return ["".join(piece.text for piece in one) for one in lines]


def day_of(value: float) -> Plot:
    return Plot([[(SINCE + minute * 60, value) for minute in range(0, 1440, 15)]], "kW")


def test_zooming_in_keeps_the_end_while_it_is_now() -> None:
    assert Window().zoomed(0.5) == Window(DAY // 2, 0)


def test_zooming_keeps_the_middle_of_the_past() -> None:
    window = Window(DAY, 3 * DAY)
    closer = window.zoomed(0.5)
    assert closer.back + closer.seconds // 2 == window.back + window.seconds // 2
    assert closer.zoomed(2) == window


@pytest.mark.parametrize(("factor", "bound"), [(0.5, SHORTEST), (2, LONGEST)])
def test_zoom_has_bounds(factor: float, bound: int) -> None:
    window = Window()
    for _turn in range(20):
        window = window.zoomed(factor)
    assert window.seconds == bound


def test_panning_moves_by_one_range_and_never_beyond_now() -> None:
    assert Window().moved(1) == Window(DAY, DAY)
    assert Window().moved(1).moved(-1).moved(-1) == Window()


def test_bars_are_as_long_as_the_time_asks_for() -> None:
    assert [Window(days * DAY).bars for days in (1, 3, 7, 31, 366)] == ["hour", "hour", "day", "day", "month"]


def test_window_says_how_long_it_is() -> None:
    assert [Window(seconds).words for seconds in (DAY, 12 * HOUR, 7 * DAY)] == ["24 h", "12 h", "7 days"]


def test_days_follow_the_calendar_also_where_one_has_25_hours() -> None:
    since = datetime(2026, 10, 24, 12, tzinfo=BERLIN).timestamp()
    bounds = edges(int(since), int(since + timedelta(days=2).total_seconds()), "day", BERLIN)
    assert [after - before for before, after in pairwise(bounds)] == [DAY, DAY + HOUR, DAY]


def test_months_begin_on_their_first_day_over_the_turn_of_the_year() -> None:
    since = datetime(2026, 11, 20, tzinfo=BERLIN).timestamp()
    bounds = edges(int(since), int(since) + 60 * DAY, "month", BERLIN)
    found = [f"{datetime.fromtimestamp(second, BERLIN):%Y-%m-%d %H}" for second in bounds]
    assert found == ["2026-11-01 00", "2026-12-01 00", "2027-01-01 00", "2027-02-01 00"]


def test_first_bar_that_is_shown_in_part_only_is_left_out() -> None:
    assert whole((0, 10, 20), 5) == (10, 20)
    assert whole((0, 10, 20), 0) == (0, 10, 20)


def test_missing_readings_leave_the_columns_between_empty() -> None:
    ends = Plot([[(SINCE, 1.0), (SINCE + HOUR, 1.0)], [(SINCE + 22 * HOUR, 1.0), (SINCE + 23 * HOUR, 1.0)]], "kW")
    rows = text(curve(ends, SPAN, 60, 8))
    drawn = next(row for row in rows if any("⠀" < sign < "⣿" for sign in row))
    assert " " * 40 in drawn


def test_cursor_stands_in_its_column() -> None:
    width = plot_width(day_of(5.0), 60)
    lines = curve(day_of(5.0), SPAN, 60, 8, cursor=10)
    start = 60 - width
    assert all(row[start + 10] == CURSOR or "⠀" < row[start + 10] < "⣿" for row in text(lines)[:-2])


def test_second_series_has_a_scale_of_its_own_at_the_right() -> None:
    second = Plot(day_of(30.0).runs, "°C")
    rows = text(curve(day_of(5.0), SPAN, 80, 10, second=second))
    assert any(row.rstrip().endswith("°C") for row in rows)
    styles = {piece.style for row in curve(day_of(5.0), SPAN, 80, 10, second=second) for piece in row}
    assert {"curve", "second"} <= styles


def test_past_window_does_not_end_now() -> None:
    feet = text(curve(day_of(5.0), Span(SPAN.since, SPAN.until, BERLIN, ends_now=False), 60, 8))[-1]
    assert "now" not in feet
    assert "now" in text(curve(day_of(5.0), SPAN, 60, 8))[-1]


def test_unknown_amount_is_a_dot_at_the_foot_and_no_bar() -> None:
    rows = text(bars([1.0, None, 2.0], ["01", "02", "03"], "kWh", 30, 8))
    assert "··" in rows[-3]
    assert "··" not in rows[0]


def test_numbers_beside_a_curve_have_the_unit_of_its_axis() -> None:
    """A meter counts hours, its record has seconds; their mean is no whole number of hours."""
    first = 64_670 * 3600
    run = tuple((SINCE + n * 3600, Decimal(first + n * 3600)) for n in range(48))
    found = Curve("s", (run,), (), Extremes(run[0][1], Decimal(232_897_957), run[-1][1], run[-1][0]))
    below = "".join(piece.text for piece in curve_facts(found, NOON, BERLIN, 80))
    assert plot_of(found).unit == "h"
    assert "min 64 670 h  mean 64 694 h  max 64 717 h" in below


def test_axis_sets_thousands_apart() -> None:
    plot = Plot([[(SINCE, 64_670.0), (SINCE + DAY - 1, 64_718.0)]], "h")
    assert any("64 680┤" in one for one in text(curve(plot, SPAN, 60, 9)))


@pytest.mark.parametrize("height", range(6, 16))
def test_axis_names_its_unit_at_every_height(height: int) -> None:
    plot = Plot([[(SINCE, 44.0), (SINCE + DAY - 1, 68.0)]], "°C")
    assert any("°C┤" in one for one in text(curve(plot, SPAN, 40, height)))
