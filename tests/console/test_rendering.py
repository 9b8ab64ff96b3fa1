"""Answers on a terminal, as JSON, as CSV."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth, wcwidth

from appliance.operations import Answer, Cell, Table
from appliance.operations.answer import RawJson
from appliance.operations.json_text import json_of
from console.rendering import cells, csv_of, cut, fit, table_lines, text_of

TABLE = Table.of("name value", [("Küche 漢字", 12), ("b", None), ("c", Cell(True, "yes"))], right="value")


def test_columns_stand_under_their_heads() -> None:
    assert table_lines(TABLE, None) == ["name        value", "Küche 漢字     12", "b", "c             yes"]


SIGNS = ("\U0001f3e0", "\u2764\ufe0f", "\U0001f44d\U0001f3fd", "\U0001f1e8\U0001f1ed", "1\ufe0f\u20e3", "漢字")


@pytest.mark.parametrize("columns", [40, 41, 42, 43, None])
@pytest.mark.parametrize("sign", SIGNS, ids=["house", "heart", "dark thumb", "flag", "keycap", "kanji"])
def test_columns_stand_in_line_beside_signs_whose_width_terminals_do_not_agree_on(
    sign: str, columns: int | None
) -> None:
    """Some count each sign, others what is drawn of several together."""
    table = Table.of(
        "address name status last", [("12345678", 30 * sign, "ok", "06:00"), ("12345678", "a", "ok", "06:00")]
    )
    lines = table_lines(table, columns)
    before = [line.partition("ok")[0] for line in lines[1:]]
    drawn, counted = [wcswidth(text) for text in before], [sum(map(wcwidth, text)) for text in before]
    assert len({*drawn, *counted}) == 1
    assert columns is None or wcswidth(lines[1]) <= columns


def test_table_without_rows_is_no_line() -> None:
    assert table_lines(Table.of("a b", []), 80) == []


@given(st.lists(st.lists(st.text(max_size=30), min_size=3, max_size=3), min_size=1, max_size=5), st.integers(20, 120))
def test_table_fits_the_window(rows: list[list[str]], columns: int) -> None:
    for line in table_lines(Table.of("a b c", rows), columns):
        assert cells(line) <= columns


@given(st.text(max_size=40), st.integers(1, 40))
def test_cut_text_takes_no_more_cells_than_it_may(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= max(width, 1)


def test_small_window_keeps_something_of_each_column() -> None:
    assert fit([50, 3, 50], [50, 3, 50], 10) == [4, 3, 4]


def test_first_column_is_cut_last() -> None:
    assert fit([30, 20, 60], [30, 20, 60], 80) == [30, 20, 26]
    assert fit([60, 20, 60], [60, 20, 60], 80) == [40, 18, 18]
    assert fit([70, 5], [70, 5], 80) == [70, 5]


def test_head_is_cut_before_what_stands_below_it() -> None:
    table = Table.of("address name manufacturer", [("10473002", "Flat 12", "ELS"), ("10473003", "Flat 13", "KAM")])
    assert table_lines(table, 27) == ["address   name     manufac…", "10473002  Flat 12  ELS", "10473003  Flat 13  KAM"]
    assert table_lines(table, 24)[1:] == ["10473002  Flat 12  ELS", "10473003  Flat 13  KAM"]
    assert table_lines(table, 22)[1:] == ["10473002  Flat…  ELS", "10473003  Flat…  KAM"]


def test_json_has_the_digits_the_meter_sent() -> None:
    data = {"a": Decimal("412.3070"), "b": Decimal("24318E3"), "c": [1, None, True, "ä\n"], "d": RawJson('{"x":1.50}')}
    assert json_of(data) == '{"a":412.3070,"b":24318000,"c":[1,null,true,"ä\\n"],"d":{"x":1.50}}'


def test_times_in_json_are_utc() -> None:
    assert json_of(datetime(2026, 11, 21, 10, 15, 4, tzinfo=ZoneInfo("Europe/Zurich"))) == '"2026-11-21T09:15:04Z"'


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=9))
def test_json_reads_back(data: object) -> None:
    assert json.loads(json_of(data)) == data
    assert "\n" not in json_of(data)


def test_spreadsheet_runs_nothing_a_meter_sends() -> None:
    rows = [["=cmd()", "+1", Decimal("-1.50"), 'a "b", c']]
    (_, row) = csv.reader(csv_of(Answer(table=Table.of("a b c d", rows))))
    assert row == ["'=cmd()", "'+1", "-1.50", 'a "b", c']
    assert csv_of(Answer(lines=("one", "two"))) == ["answer", "one", "two"]


def test_escape_sequences_do_not_reach_the_terminal() -> None:
    answer = Answer(lines=("\x1b[2Jgone",), table=Table.of("a", [["\x9b31m\x07red"]]))
    assert text_of(answer, 80) == ["[2Jgone", "a", "31mred"]
