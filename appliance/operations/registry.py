"""All operations, and how typed words find one: full words anywhere, shortened ones at a prompt while they mean one
alone. Of several words that begin so, what destroys is never meant, and one whose row declares the short form is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.operations.line import Token
from appliance.operations.operation import Operation

MOST_NEAR: Final = 8  # words that are named where none is like the one typed


@dataclass
class Place:
    """A place in the tree of words: what may follow, and the operation that ends here."""

    words: dict[str, Place] = field(default_factory=dict)
    operation: Operation | None = None
    short: str = ""  # the beginning of the word that leads here which means it, whatever else begins so

    @property
    def destroys(self) -> bool:
        """What ends here asks to be confirmed."""
        return self.operation is not None and bool(self.operation.confirms)


class Registry:
    """The tree of all words."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self._root = Place()
        for operation in self.operations:
            for words in (operation.words, *operation.also):
                self._plant(words, operation)
            self._declare(operation)

    def get(self, name: str) -> Operation:
        """By its full words, as JSON-RPC and schedules name it."""
        place: Place | None = self._root
        for word in name.split():
            place = place.words.get(word) if place else None
        if place is None or place.operation is None:
            raise RefusedError(f'Unknown command "{name}".{self._near(name)}', Kind.UNKNOWN)
        return place.operation

    def find(self, tokens: Sequence[Token], *, full_words: bool = False) -> tuple[Operation, tuple[Token, ...]]:
        """The operation that a line begins with, and the tokens that are its arguments; raises `RefusedError`."""
        place, path, moved, position = self._root, list[str](), list[Token](), 0
        while position < len(tokens) and place.words:
            token = tokens[position]
            chosen = self._choose(place, token, tokens[:position], full_words=full_words)
            if chosen is not None:
                place = place.words[chosen]
                path.append(chosen)
            elif place.operation is None and token.text.isdecimal() and position:
                moved.append(token)  # `report 1 send` is `report send 1`
            else:
                break
            position += 1
        if place.operation is None:
            raise RefusedError(self._unfinished(place, path, tokens[position:]), Kind.UNKNOWN)
        return place.operation, (*moved, *tokens[position:])

    def following(self, words: Sequence[str]) -> dict[str, Operation | None]:
        """What may come behind these full words; None where more words are needed."""
        place = self._root
        for word in words:
            if word not in place.words:
                return {}
            place = place.words[word]
        return {word: after.operation for word, after in sorted(place.words.items())}

    def meant(self, words: Sequence[str], typed: str) -> list[str]:
        """What a typed word may be behind these full words."""
        place = self._root
        for word in words:
            place = place.words[word]
        return _meant(place, typed.lower())

    def below(self, words: Sequence[str]) -> list[Operation]:
        """Every operation that begins with these full words."""
        count = len(words)
        return [o for o in self.operations if any(w[:count] == tuple(words) for w in (o.words, *o.also))]

    def _plant(self, words: Iterable[str], operation: Operation) -> None:
        place = self._root
        for word in words:
            place = place.words.setdefault(word, Place())
        assert place.operation is None, f"two operations are called {' '.join(words)}"
        place.operation = operation

    def _declare(self, operation: Operation) -> None:
        place = self._root
        for word, short in zip(operation.words, operation.short, strict=False):
            place = place.words[word]
            place.short = short

    def _choose(self, place: Place, token: Token, before: Sequence[Token], *, full_words: bool) -> str | None:
        if not token.is_word:
            return None
        word = token.text.lower()
        if word in place.words:
            return word
        candidates = _meant(place, word)
        if full_words and candidates and place.operation is None:
            raise RefusedError(f'In a file words are written in full: "{candidates[0]}", not "{word}".', Kind.UNKNOWN)
        if len(candidates) > 1 and place.operation is None:
            typed = " ".join([*(token.text for token in before), word])
            raise RefusedError(f'"{typed}" may be {", ".join(candidates)}.', Kind.UNKNOWN)
        return candidates[0] if len(candidates) == 1 and not full_words else None

    def _unfinished(self, place: Place, path: Sequence[str], rest: Sequence[Token]) -> str:
        typed = " ".join([*path, *(token.text for token in rest[:1])])
        help_ = f'"{" ".join(["help", *path])}" lists all.'
        some = f"{', '.join(sorted(place.words))}." if len(place.words) <= MOST_NEAR else ""
        if not rest:
            return f'"{typed}" needs one more word: {some or help_}'
        near = difflib.get_close_matches(rest[0].text.lower(), list(place.words), 3, 0.6)
        nearest = f"{', '.join(near)}." if near else some
        return f'Unknown command "{typed}". ' + (f"Near: {nearest}" if nearest else help_)

    def _near(self, name: str) -> str:
        near = difflib.get_close_matches(name, [operation.name for operation in self.operations], 3, 0.6)
        return f" Near: {', '.join(near)}." if near else ""


def _meant(place: Place, typed: str) -> list[str]:
    """Words at a place that begin so and may be meant: one where it is plain."""
    if typed in place.words:
        return [typed]
    found = {word: after for word, after in sorted(place.words.items()) if word.startswith(typed)}
    harmless = {word: after for word, after in found.items() if not after.destroys} or found
    declared = [word for word, after in harmless.items() if after.short and typed.startswith(after.short)]
    return declared if len(declared) == 1 else list(harmless)


def operations_in(*modules: object) -> Iterator[Operation]:
    """The rows written in some modules, in the order of writing."""
    for module in modules:
        yield from (value for value in vars(module).values() if isinstance(value, Operation))
