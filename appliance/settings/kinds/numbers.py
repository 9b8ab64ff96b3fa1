"""Numbers, and amounts with a unit: a plain number is in the row's unit, a suffix is taken too."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import ClassVar, Final, Generic, TypeVar

from appliance.settings.kinds.base import Kind, NotTaken, alternatives

MILLISECONDS: Final = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
OCTETS: Final = {"kB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
AMOUNT: Final = re.compile(r"(-?\d{1,15}(?:\.\d{1,9})?)\s?([A-Za-z]*)", re.ASCII)

Amount = TypeVar("Amount")


class Integer(Kind[int]):
    """A whole number in a range, or one of a few."""

    word = "int"

    def __init__(self, minimum: int = 0, maximum: int = 0, unit: str = "", *, of: tuple[int, ...] = ()) -> None:
        self.minimum, self.maximum, self.unit, self.of = minimum, maximum, unit, of

    def parse(self, text: str) -> int:
        if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
            raise NotTaken
        number = int(text)
        if number not in self.of if self.of else not self.minimum <= number <= self.maximum:
            raise NotTaken
        return number

    def allowed(self) -> str:
        text = alternatives(self.choices()) if self.of else f"{self.minimum} to {self.maximum}"
        return f"{text} {self.unit}".rstrip()

    def choices(self) -> tuple[str, ...]:
        return tuple(map(str, self.of))


class Port(Integer):
    """A TCP or UDP port."""

    word = "port"

    def __init__(self) -> None:
        super().__init__(1, 65535)


class Exact(Kind[Decimal]):
    """A decimal number, never a float."""

    word = "decimal"

    def __init__(self, minimum: str, maximum: str, unit: str = "") -> None:
        self.minimum, self.maximum, self.unit = Decimal(minimum), Decimal(maximum), unit

    def parse(self, text: str) -> Decimal:
        try:
            number = Decimal(text) if re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", text, re.ASCII) else None
        except InvalidOperation:
            number = None
        if number is None or not self.minimum <= number <= self.maximum:
            raise NotTaken
        return number

    def format(self, value: Decimal) -> str:
        return f"{value:f}"

    def allowed(self) -> str:
        return f"{self.minimum} to {self.maximum} {self.unit}".rstrip()


class Measured(Kind[Amount], Generic[Amount]):
    """An amount counted in a smallest part: `1500`, `1.5s`, `16MiB`."""

    parts: ClassVar[dict[str, int]]  # suffix: smallest parts in it

    def __init__(self, unit: str, minimum: int, maximum: int, *, also: tuple[int, ...] = ()) -> None:
        self.unit, self.minimum, self.maximum, self.also = unit, minimum, maximum, also

    def to_value(self, parts: int) -> Amount:
        """The value code works with."""
        raise NotImplementedError

    def to_parts(self, value: Amount) -> int:
        """Back from it."""
        raise NotImplementedError

    def parse(self, text: str) -> Amount:
        match = AMOUNT.fullmatch(text.strip())
        suffix = match[2] or self.unit if match else ""
        if match is None or suffix not in self.parts:
            raise NotTaken
        parts = Decimal(match[1]) * self.parts[suffix]
        one = self.parts[self.unit]
        inside = self.minimum * one <= parts <= self.maximum * one or parts in [number * one for number in self.also]
        if parts != int(parts) or not inside:
            raise NotTaken
        return self.to_value(int(parts))

    def format(self, value: Amount) -> str:
        number = Decimal(self.to_parts(value)) / self.parts[self.unit]
        if number == int(number):
            return str(int(number))
        suffix, parts = next((suffix, parts) for suffix, parts in self._finest() if self.to_parts(value) % parts == 0)
        return f"{self.to_parts(value) // parts}{suffix}"

    def show(self, value: Amount) -> str:
        text = self.format(value)
        return f"{text} {self.unit}" if text.isdecimal() else text

    def allowed(self) -> str:
        also = "".join(f"{number} or " for number in self.also)
        return f"{also}{self.minimum} to {self.maximum} {self.unit}"

    def _finest(self) -> list[tuple[str, int]]:
        return sorted(self.parts.items(), key=lambda item: -item[1])


class Duration(Measured[timedelta]):
    """A length of time, in whole milliseconds."""

    word = "duration"
    parts: ClassVar = MILLISECONDS

    def to_value(self, parts: int) -> timedelta:
        return timedelta(milliseconds=parts)

    def to_parts(self, value: timedelta) -> int:
        return value // timedelta(milliseconds=1)


class Size(Measured[int]):
    """An amount of octets."""

    word = "size"
    parts: ClassVar = {"B": 1, **OCTETS}

    def to_value(self, parts: int) -> int:
        return parts

    def to_parts(self, value: int) -> int:
        return value
