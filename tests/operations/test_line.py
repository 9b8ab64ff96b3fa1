"""Lines of the console's language: cut as typed, whatever is pasted."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.errors import Kind, RefusedError
from appliance.operations.line import Form, parse_line, quote, quote_value
from appliance.operations.signs import without_controls

PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), max_size=60)


def texts(line: str) -> list[str]:
    return [token.text for token in parse_line(line).tokens]


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        ("", []),
        ("   ", []),
        ("# a comment", []),
        ("meter list # all of them", ["meter", "list"]),
        ("log note fuse#2", ["log", "note", "fuse#2"]),
        ('log note "fuse # 2"', ["log", "note", "fuse # 2"]),
        ('meter read "Flat 12"', ["meter", "read", "Flat 12"]),
        (r'log note "say \"no\" \\ \n"', ["log", "note", 'say "no" \\ \n']),
        ("segment add main tcp://a:1?x=1", ["segment", "add", "main", "tcp://a:1?x=1"]),
        ("meter\tlist", ["meter", "list"]),
        ("me\x1b[2Jter\x00 list", ["me[2Jter", "list"]),
        ('log note "left \u202eright"', ["log", "note", "left right"]),
    ],
)
def test_line_is_cut_into_tokens(line: str, tokens: list[str]) -> None:
    assert texts(line) == tokens


@pytest.mark.parametrize(
    ("typed", "name", "operator", "value"),
    [
        ("readout.schedule=15min", "readout.schedule", "=", "15min"),
        ('NAME="Flat 12, left"', "name", "=", "Flat 12, left"),
        ("identity.location=", "identity.location", "=", ""),
        ('identity.location=""', "identity.location", "=", ""),
        ("console.allow+=10.4.0.0/16", "console.allow", "+=", "10.4.0.0/16"),
        ("console.allow-=10.4.0.0/16", "console.allow", "-=", "10.4.0.0/16"),
        ("a-b=c=d", "a-b", "=", "c=d"),
    ],
)
def test_names_and_values_are_told_apart(typed: str, name: str, operator: str, value: str) -> None:
    (token,) = parse_line(typed).tokens
    assert (token.name, token.operator, token.value) == (name, operator, value)


def test_form_and_background_stand_at_the_end() -> None:
    line = parse_line("meter read all json &")
    assert (line.form, line.background, len(line.tokens)) == (Form.JSON, True, 3)
    assert parse_line("show json").form is Form.JSON
    assert parse_line('log note "json"').form is Form.TEXT
    assert parse_line("json").form is Form.TEXT


def test_open_quotes_are_refused() -> None:
    with pytest.raises(RefusedError) as caught:
        parse_line('log note "fuse')
    assert caught.value.kind is Kind.USAGE


def test_long_line_is_refused_whole() -> None:
    assert parse_line("#" + "x" * 1023).tokens == ()
    with pytest.raises(RefusedError) as caught:
        parse_line("x" * 1025)
    assert caught.value.kind is Kind.LIMIT
    with pytest.raises(RefusedError, match="longer than 1024 octets"):
        parse_line("ä" * 513)


@example("name=value")
@example('a \\ b \\n "c"')
@example("json")
@example("&")
@given(PRINTABLE)
def test_quoted_value_reads_back(value: str) -> None:
    (token,) = parse_line(quote(value), 10_000).tokens
    assert token.text == value
    assert not token.operator


@given(PRINTABLE.filter(lambda value: "\n" not in value))
def test_value_of_a_setting_reads_back(value: str) -> None:
    line = parse_line(f"set identity.name={quote_value(value)}", 10_000)
    assert line.tokens[1].value == value
    assert line.form is Form.TEXT


@given(st.text(max_size=200))
def test_no_paste_breaks_the_cutting(text: str) -> None:
    try:
        line = parse_line(text)
    except RefusedError:
        return
    assert all(without_controls(token.text) == token.text or '"' in token.raw for token in line.tokens)
