"""An answer of an operation stands in the dashboard as it does on the console."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from appliance.operations.answer import Answer, Table
from tui.answered import lines_of
from tui.draw import line, width

NAMES = ("\u2764\ufe0f", "\U0001f44d\U0001f3fd", "\U0001f469\u200d\U0001f467", "\U0001f1e8\U0001f1ed", "漢字", "\x9b2J")


@pytest.mark.parametrize("name", NAMES, ids=["heart", "dark thumb", "family", "flag", "kanji", "escape"])
def test_columns_stand_in_line_once_they_are_drawn(name: str) -> None:
    lines = lines_of(Answer(table=Table.of("name status", [(9 * name, "ok"), ("a", "ok")])))
    drawn = ["".join(piece.text for piece in line(one)) for one in lines]
    assert [width(line(one)) for one in lines] == [cell_len(one) for one in lines]
    assert len({cell_len(one.partition("ok")[0]) for one in drawn[1:]}) == 1
