"""What every order that only shows takes besides: `match=TEXT` keeps rows with the text, `count=N` the first N."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer, Cell, Item
from appliance.operations.arguments import Signature
from appliance.operations.line import Token

MOST_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which rows are wanted."""

    match: str = ""
    count: int | None = None

    def apply(self, answer: Answer) -> Answer:
        """The answer with those rows only; of a live one each thing that happens."""
        if answer.live is not None:
            return replace(answer, live=answer.live.of(self._items, self.count))
        if answer.table is None:
            return replace(answer, lines=tuple(line for line in answer.lines if self._has(line))[: self.count])
        rows = [row for row in answer.table.rows if self._has(" ".join(map(_text, row)))]
        return replace(answer, table=replace(answer.table, rows=rows[: self.count]))

    def _items(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            if item.answer is None and self._has(item.line):
                yield item
            elif item.answer is not None:
                yield replace(item, answer=Narrowing(self.match).apply(item.answer))

    def _has(self, text: str) -> bool:
        return self.match.lower() in text.lower()


def narrowing(signature: Signature, tokens: Sequence[Token]) -> tuple[Narrowing, list[Token]]:
    """What was asked for, and the tokens that are the operation's own."""
    own = {argument.name for argument in signature.arguments}
    extra = {token.name: token for token in tokens if token.name in ("match", "count") and token.name not in own}
    rest = [token for token in tokens if token.name not in extra]
    match = extra["match"].value if "match" in extra else ""
    return Narrowing(match, _count(extra["count"].value) if "count" in extra else None), rest


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MOST_ROWS:
        raise RefusedError(f"count takes 1 to {MOST_ROWS}, not {text or 'nothing'}", Kind.VALUE)
    return int(text)


def _text(cell: object) -> str:
    return cell.text if isinstance(cell, Cell) else str(cell)
