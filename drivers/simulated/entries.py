"""Entries of a building file, taken one by one; what cannot be taken is told by file, entry and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final, NoReturn, TypeVar, overload

from appliance.errors import SettingError

T = TypeVar("T")
Range = tuple[int, int]

KINDS: Final[Mapping[type, str]] = {str: "a text in quotation marks", int: "a whole number", bool: "true or false"}


class Entry:
    """A table of a TOML file with its place, for messages; `close` refuses what nobody took."""

    def __init__(self, table: object, file: str, place: str = "") -> None:
        self._file, self._place = file, place
        if not isinstance(table, Mapping):
            self.refuse("it is not a table")
        self._table: Mapping[str, object] = table
        self._taken: set[str] = set()

    def refuse(self, reason: str, key: str = "") -> NoReturn:
        """Raises the one sentence."""
        place = ".".join(part for part in (self._place, key) if part)
        raise SettingError(f"The building file {self._file} cannot be used{f', {place}' if place else ''}: {reason}.")

    def has(self, key: str) -> bool:
        """Whether an entry is there."""
        return key in self._table

    @overload
    def take(self, key: str, kind: type[T]) -> T: ...
    @overload
    def take(self, key: str, kind: type[T], default: T) -> T: ...
    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        """One value of a kind; without default it must be there."""
        value = self._get(key, default)
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            self.refuse(f"it is {KINDS[kind]}, not {value!r}", key)
        return value

    def number(self, key: str, default: float) -> float:
        """A number, with or without a point."""
        value = self._get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            self.refuse(f"it is a number, not {value!r}", key)
        return float(value)

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number within bounds."""
        value = self._get(key, default)
        if type(value) is not int or not low <= value <= high:
            self.refuse(f"it is a whole number from {low} to {high}, not {value!r}", key)
        return value

    def range(self, key: str, default: Range | None = None) -> Range:
        """A number or two numbers, the lower one first."""
        value = self._get(key, default)
        pair = (value, value) if type(value) is int else tuple(value) if isinstance(value, list | tuple) else ()
        if len(pair) != 2 or any(type(part) is not int for part in pair) or pair[0] > pair[1]:
            self.refuse(f"it is a whole number or two, the lower one first, not {value!r}", key)
        return pair[0], pair[1]

    def octets(self, key: str, default: str | None = None) -> bytes:
        """Hex digits."""
        value = self._get(key, default)
        try:
            return bytes.fromhex(str(value))
        except ValueError:
            self.refuse(f'it is octets in hex digits such as "04 13", not {value!r}', key)

    def choice(self, key: str, choices: Mapping[str, T], default: str | None = None) -> T:
        """One of some words."""
        value = self._get(key, default)
        if not isinstance(value, str) or value not in choices:
            self.refuse(f"it is one of {', '.join(choices)}, not {value!r}", key)
        return choices[value]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where there is none."""
        value = self._get(key, ())
        if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
            self.refuse(f"it is a list of texts, not {value!r}", key)
        return tuple(value)

    def tables(self, key: str) -> Iterator[Entry]:
        """The tables of an array; at least one."""
        value = self._get(key, None)
        if not isinstance(value, list) or not value:
            self.refuse("it is an array with at least one table", key)
        for number, table in enumerate(value, 1):
            name = table.get("name") if isinstance(table, dict) else None
            label = f'{key} {number} "{name}"' if isinstance(name, str) else f"{key} {number}"
            yield Entry(table, self._file, ", ".join(part for part in (self._place, label) if part))

    def close(self) -> None:
        """Refuse entries nobody asked for."""
        for key in self._table:
            if key not in self._taken:
                near = get_close_matches(key, self._taken, 1)
                self.refuse(f"nothing is known by that name{f', only {near[0]}' if near else ''}", key)

    def _get(self, key: str, default: object) -> object:
        self._taken.add(key)
        if key not in self._table:
            if default is None:
                near = get_close_matches(key, self._table.keys() - self._taken, 1)
                self.refuse(f"it is missing{f'; {near[0]} is unknown' if near else ''}", key)
            return default
        return self._table[key]
