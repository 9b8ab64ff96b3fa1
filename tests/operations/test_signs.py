"""What comes from strangers neither steers a terminal nor makes a row wider than it was measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth, wcwidth

from appliance.operations.signs import steady, without_controls


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\U0001f469\u200d\U0001f467", "\U0001f469\U0001f467"),
        ("\u2764\ufe0f 4", "\u2764 4"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d"),
        ("\U0001f1e8\U0001f1ed", "CH"),
        ("Küche 漢字", "Küche 漢字"),
    ],
    ids=["family", "heart", "dark thumb", "flag", "letters"],
)
def test_signs_that_terminals_draw_at_different_widths_are_of_one_width(text: str, shown: str) -> None:
    assert steady(text) == shown
    assert wcswidth(shown) == sum(map(wcwidth, shown))


@given(st.text())
def test_nothing_left_moves_the_cursor_or_turns_the_direction(text: str) -> None:
    left = without_controls(text)
    assert len(left.splitlines()) <= 1
    assert not any(sign in left for sign in "\x1b\x07\x9b\u202e\u2066")
    assert without_controls(left) == left
