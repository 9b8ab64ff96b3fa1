"""How the value and the raw value of one record are put into a line of JSON: source for a plan that writes.

What never changes is kept apart from what is filled in, so that it joins what stands around the record. A record that
is plain (a number with its digits, a moment that is one) takes few steps; any other is written by a function of
`json_pairs`.
"""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import Any, Final, NamedTuple

from appliance.mbus.codings import Kind
from appliance.mbus.json_pairs import JOINT, decimal_text
from appliance.mbus.meaning import Meaning
from appliance.mbus.moments import Met, clock, day, midnight, names_of, taken
from appliance.mbus.plan import Part

DECIMALS: Final = {places: tuple(f"{part:0{places}d}" for part in range(10**places)) for places in (1, 2, 3)}
WHOLE: Final = frozenset({Kind.INTEGER, Kind.UNSIGNED, Kind.BCD})


def _text(moment: date | time | None, before: str = "") -> str:
    """As JSON has it; empty where the number stands for nothing plain."""
    return "" if moment is None else before + moment.isoformat()


@cache
def piece_names() -> dict[str, Any]:
    """What the source of a plan that writes is made of, made when the first is."""
    return {
        "decimal": decimal_text,
        **{f"decimals{places}": texts for places, texts in DECIMALS.items()},
        **names_of(
            day_texts=Met(lambda number: _text(day(number))),
            midnight_texts=Met(lambda number: _text(midnight(number) and day(number))),
            clock_texts=Met(lambda number: _text(clock(number), "T")),
        ),
    }


class Field(str):
    """Source of what is filled in, as against text that stands as it is."""

    __slots__ = ()


class Piece(NamedTuple):
    """One record in the source."""

    statement: str  # goes before, plain or not
    odd: str  # what makes the record not plain; empty where nothing does
    plain: tuple[str, ...]  # statements that go before where the record is plain
    parts: tuple[str, ...]  # text and fields of a plain record
    careful: str  # the whole text of one that is not


def piece(number: int, meaning: Meaning, part: Part) -> Piece:
    """Source for value and raw value of a record."""
    kind = meaning.coding.kind
    careful = f"pair{number}({part.value})"
    if not meaning.in_error:
        if kind in WHOLE and (part.odd or kind is not Kind.BCD):
            return _whole(number, meaning, part)
        if kind is Kind.REAL and not meaning.exponent and meaning.factor == 1:
            return Piece(f"p{number} = decimal({part.value})", "", (), _twice("", f"p{number}"), "")
        if kind is Kind.RAW:
            return Piece(f"p{number} = {part.expression}.hex().upper()", "", (), _twice('"', f"p{number}"), "")
        if kind is Kind.DATE and len(part.fields) == 1:
            return _moment(f"d{number} = {taken('day_texts', part.fields[0])}", careful, f"d{number}")
        if kind is Kind.DATE_TIME and len(part.fields) == 2:
            low, high = part.fields
            texts = f"d{number} = {taken('midnight_texts', high)}; t{number} = {taken('clock_texts', low)}"
            return _moment(texts, careful, f"d{number}", f"t{number}")
    return Piece("", "", (), (Field(careful),), "")


def _twice(quote: str, *names: str) -> tuple[str, ...]:
    """A value that is its raw value."""
    fields = tuple(map(Field, names))
    return (quote, *fields, quote + JOINT + quote, *fields, quote)


def _moment(statement: str, careful: str, *names: str) -> Piece:
    """A date, or a date and a time."""
    return Piece(statement, " or ".join(f"not {name}" for name in names), (), _twice('"', *names), careful)


def _whole(number: int, meaning: Meaning, part: Part) -> Piece:
    """A whole number, scaled."""
    name, statement = _named(number, part)
    places, factor, text = -meaning.exponent, meaning.factor, Field(f"p{number}")
    odd = f"{name} < 0" if part.odd or (places > 0 and meaning.coding.kind is Kind.INTEGER) else ""
    careful = f"pair{number}({part.odd or name})"
    if places > 0:
        scaled = name if factor == 1 else f"{name} * {factor}"
        return Piece(statement, odd, (), (*_with_point(scaled, places), JOINT, Field(name)), careful)
    if factor != 1:
        return Piece(statement, odd, (), (Field(f"{name} * {factor * 10**-places}"), JOINT, Field(name)), careful)
    zeros = (Field(f'"{"0" * -places}" if {name} else ""'),) if places else ()
    return Piece(statement, odd, (f"{text} = f'{{{name}}}'",), (text, *zeros, JOINT, text), careful)


def _with_point(scaled: str, places: int) -> tuple[str, ...]:
    """Source of a whole number, not below 0, with its point moved to the left."""
    power = 10**places
    table = f"decimals{places}[{scaled} % {power}]" if places in DECIMALS else f"{scaled} % {power}:0{places}d"
    return Field(f"{scaled} // {power}"), ".", Field(table)


def _named(number: int, part: Part) -> tuple[str, str]:
    """The name of a record's number, and the statement that gives it to it where the field has not got it already."""
    if part.expression.isidentifier():
        return part.expression, ""
    return f"v{number}", f"v{number} = {part.expression}"
