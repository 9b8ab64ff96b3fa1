"""How the value and the raw value of one record are put into a line of JSON: source for a plan that writes.

What never changes is kept apart from what is filled in, so that it joins what stands around the record. A record that
is plain (a number with its digits, a moment that is one) takes few steps; any other is written by `pair`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any, Final, NamedTuple

from appliance.mbus.codings import Kind, Raw
from appliance.mbus.json_line import in_json, value_text
from appliance.mbus.meaning import Meaning
from appliance.mbus.plan import Part, clocks, days

WHOLE: Final = frozenset({Kind.INTEGER, Kind.UNSIGNED, Kind.BCD})
NUMBERS: Final = WHOLE | {Kind.NEGATIVE_BCD, Kind.REAL}
DECIMALS: Final = {places: tuple(f"{part:0{places}d}" for part in range(10**places)) for places in (1, 2, 3)}
JOINT: Final = ',"raw":'
NO_VALUE: Final = f"null{JOINT}null"
MOMENTS_REMEMBERED: Final = 4096
shifted: Final = Context(prec=40, Emax=999_999, Emin=-999_999).scaleb  # more digits than a real has: never rounds


class Texts(dict[int, str]):
    """Texts of numbers that were met, as JSON has them; empty where the number stands for nothing plain."""

    def __init__(self, find: Callable[[int], Any], form: str) -> None:
        super().__init__()
        self._find = find
        self._form = form

    def __missing__(self, number: int) -> str:
        if len(self) >= MOMENTS_REMEMBERED:
            self.clear()
        moment = self._find(number)
        self[number] = "" if moment is None else self._form.format(moment.isoformat())
        return self[number]


NAMES: Final = {
    "day_texts": Texts(days.__getitem__, "{}"),
    "clock_texts": Texts(clocks.__getitem__, "T{}"),
    **{f"decimals{places}": texts for places, texts in DECIMALS.items()},
}


Source = tuple[tuple[str, ...], tuple[str, ...]]
"""Statements that go before a plain record, and its parts."""


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
        if kind is Kind.RAW:
            return Piece(f"p{number} = {part.expression}.hex().upper()", "", (), _twice('"', f"p{number}"), "")
        if kind is Kind.DATE and len(part.fields) == 1:
            return _moment(f"d{number} = day_texts[{part.fields[0]}]", careful, f"d{number}")
        if kind is Kind.DATE_TIME and len(part.fields) == 2:
            low, high = part.fields
            taken = f"d{number} = day_texts[{high} | {low} << 3 & 0x30000]; t{number} = clock_texts[{low}]"
            return _moment(taken, careful, f"d{number}", f"t{number}")
    return Piece(f"p{number} = {careful}", "", (), (Field(f"p{number}"),), "")


def _twice(quote: str, *names: str) -> tuple[str, ...]:
    """A value that is its raw value."""
    fields = tuple(map(Field, names))
    return (quote, *fields, quote + JOINT + quote, *fields, quote)


def _moment(statement: str, careful: str, *names: str) -> Piece:
    """A date, or a date and a time."""
    return Piece(statement, " or ".join(f"not {name}" for name in names), (), _twice('"', *names), careful)


def _whole(number: int, meaning: Meaning, part: Part) -> Piece:
    """A whole number, scaled."""
    simple = part.expression.isidentifier()
    name = part.expression if simple else f"v{number}"
    statement = "" if simple else f"{name} = {part.expression}"
    places, factor = -meaning.exponent, meaning.factor
    odd = f"{name} < 0" if part.odd or (places > 0 and meaning.coding.kind is Kind.INTEGER) else ""
    careful = f"pair{number}({part.odd or name})"
    if places > 0:
        plain, parts = (_point if factor == 1 else _scaled_point)(number, name, factor, places)
    elif factor != 1:
        plain, parts = (), (Field(f"{name} * {factor * 10**-places}"), JOINT, Field(name))
    elif places:
        zeros = f"z{number} = '{'0' * -places}{JOINT}' if {name} else '{JOINT}'"
        plain = (f"p{number} = f'{{{name}}}'", zeros)
        parts = (Field(f"p{number}"), Field(f"z{number}"), Field(f"p{number}"))
    else:
        plain, parts = (f"p{number} = f'{{{name}}}'",), _twice("", f"p{number}")
    return Piece(statement, odd, plain, parts, careful)


def _point(number: int, name: str, _factor: int, places: int) -> Source:
    """A point is all that tells the value from the raw value: the digits before it are written once."""
    power = 10**places
    behind = f"decimals{places}[{name} % {power}]" if places in DECIMALS else f"f'{{{name} % {power}:0{places}d}}'"
    plain = (
        f"w{number} = f{number} = f'{{{name} // {power}}}'; d{number} = r{number} = {behind}",
        f"if {name} < {power}: f{number} = ''; r{number} = f'{{{name}}}'",
    )
    fields = Field(f"w{number}"), ".", Field(f"d{number}"), JOINT, Field(f"f{number}"), Field(f"r{number}")
    return plain, fields


def _scaled_point(_number: int, name: str, factor: int, places: int) -> Source:
    """A factor and a point."""
    power = 10**places
    return (), (
        Field(f"{name} * {factor} // {power}"),
        ".",
        Field(f"{name} * {factor} % {power}:0{places}d"),
        JOINT,
        Field(name),
    )


def pair(meaning: Meaning) -> Callable[[Raw], str]:
    """Value and raw value of any kind, as they stand in the line."""
    if meaning.in_error:
        return lambda raw: f"null{JOINT}{value_text(raw)}"
    if meaning.coding.kind is Kind.TEXT:
        return lambda raw: twice(in_json(raw))
    if meaning.coding.kind is Kind.REAL and meaning.factor == 1:
        return _real(meaning.exponent)
    if meaning.coding.kind in NUMBERS:
        return _number(meaning)
    return lambda raw: twice(value_text(raw))


def twice(text: str) -> str:
    """Value and raw value that are the same."""
    return f"{text}{JOINT}{text}"


def _real(exponent: int) -> Callable[[Any], str]:
    def text(raw: Decimal | None) -> str:
        if raw is None:
            return NO_VALUE
        digits = plain(raw)
        return f"{plain(shifted(raw, exponent))}{JOINT}{digits}" if exponent else twice(digits)

    return text


def plain(number: Decimal) -> str:
    """The digits without a power of ten; `str` is quicker than the format that says so, and mostly says the same."""
    digits = str(number)
    return digits if "E" not in digits else f"{number:f}"


def _number(meaning: Meaning) -> Callable[[Any], str]:
    places, factor = -meaning.exponent, meaning.factor

    def text(raw: int | Decimal | None) -> str:
        if raw is None:
            return NO_VALUE
        if isinstance(raw, int) and places > 0:
            return f"{with_point(raw * factor, places)}{JOINT}{raw}"
        return f"{value_text(meaning.scale(raw))}{JOINT}{value_text(raw)}"

    return text


def with_point(number: int, places: int) -> str:
    """A whole number with its point moved to the left."""
    digits = f"{abs(number):0{places + 1}d}"
    return f"{'-' * (number < 0)}{digits[:-places]}.{digits[-places:]}"
