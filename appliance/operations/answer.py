"""What an operation gives back: data and sentences, never a printed line. Views render it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from appliance.hub import Job
from appliance.operations.call import Call
from appliance.settings import Change

Data = object
"""None, bool, int, Decimal, str, datetime, and lists and mappings of them: what JSON can hold, digits exact."""


@dataclass(frozen=True, slots=True)
class RawJson:
    """Data that is written as JSON already."""

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the name of its data, and the heading where that reads better."""

    name: str
    heading: str = ""
    right: bool = False  # numbers stand at the right

    @property
    def title(self) -> str:
        """What stands above it."""
        return self.heading or self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of data under columns. A cell is data, or a `Cell` where a person sees something else than a program."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]

    @classmethod
    def of(cls, names: str, rows: Sequence[Sequence[object]], right: str = "") -> Table:
        """From names with blanks between; those in `right` hold numbers."""
        numbers = set(right.split())
        return cls(tuple(Column(name, right=name in numbers) for name in names.split()), rows)

    def data(self) -> list[dict[str, Data]]:
        """One mapping per row."""
        names = [column.name for column in self.columns]
        return [
            {name: cell.data if isinstance(cell, Cell) else cell for name, cell in zip(names, row, strict=True)}
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Cell:
    """A datum with the text a person sees for it."""

    data: Data
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened, of a live answer; `answer` stands below the line where there is more to show."""

    line: str = ""
    data: Mapping[str, Data] = field(default_factory=dict)
    answer: Answer | None = None


class Live:
    """A live answer: goes on until it is closed, from any thread, or `count` items came."""

    def __init__(self, items: Iterator[Item], close: Callable[[], None], count: int | None = None) -> None:
        self._items = items if count is None else islice(items, count)
        self.close = close

    def of(self, choose: Callable[[Iterator[Item]], Iterator[Item]], count: int | None = None) -> Live:
        """Some of the items."""
        return Live(choose(self._items), self.close, count)

    def __iter__(self) -> Iterator[Item]:
        try:
            yield from self._items
        finally:
            self.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Of one operation. `data` is what JSON gets where it is not the table's."""

    data: Data = None
    table: Table | None = None
    lines: tuple[str, ...] = ()
    sentence: str = ""  # behind OK
    job: Job | None = None  # a long order goes on; its result is the answer
    live: Live | None = None
    leave: bool = False  # the session ends
    plain: bool | None = None  # the session changes to plain mode, or back
    call: Call | None = None  # `Call` of the session from now on: somebody logged in, or out
    parts: tuple[Answer, ...] = ()  # below it, one after the other: what came of each command of a file
    changes: tuple[Change, ...] = ()  # old and new values, for the audit trail

    def as_data(self) -> Data:
        """The whole answer as JSON gets it."""
        if self.data is not None:
            return self.data
        if self.table is not None:
            return list(self.table.data())
        return "\n".join(self.lines) or self.sentence or None
