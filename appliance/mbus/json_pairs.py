"""Value and raw value of one record as they stand in a line of JSON, whatever the raw value is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any, Final

from appliance.mbus.codings import Kind, Raw
from appliance.mbus.json_line import in_json, value_text
from appliance.mbus.meaning import Meaning

NUMBERS: Final = frozenset({Kind.INTEGER, Kind.UNSIGNED, Kind.BCD, Kind.NEGATIVE_BCD, Kind.REAL})
JOINT: Final = ',"raw":'
NO_VALUE: Final = f"null{JOINT}null"
shifted: Final = Context(prec=40, Emax=999_999, Emin=-999_999).scaleb  # more digits than a real has: never rounds


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
        value = raw if raw is None or exponent == 0 else shifted(raw, exponent)
        return f"{decimal_text(value)}{JOINT}{decimal_text(raw)}"

    return text


def decimal_text(number: Decimal | None) -> str:
    """The digits without a power of ten; `str` is quicker than the format that says so, and mostly says the same."""
    digits = "null" if number is None else str(number)
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
