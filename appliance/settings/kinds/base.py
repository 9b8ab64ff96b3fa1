"""What a setting may hold: a kind turns text into a value and back, and says what it takes."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

Value = TypeVar("Value")


class NotTaken(Exception):
    """The text is none of this kind; the message, where there is one, says what is wrong beyond `allowed`."""


class Kind(Generic[Value]):
    """One type of settings.md §0. `parse(format(value)) == value` for every value."""

    word: ClassVar[str]  # as the manual calls it
    unit = ""
    is_secret = False
    is_list = False

    def parse(self, text: str) -> Value:
        """The value that `text` means; raises `NotTaken`."""
        raise NotImplementedError

    def format(self, value: Value) -> str:
        """The text that is kept and can be typed back."""
        return str(value)

    def show(self, value: Value) -> str:
        """The text shown to a person, with its unit."""
        text = self.format(value)
        return f"{text} {self.unit}" if self.unit and text else text

    def allowed(self) -> str:
        """What it takes, as it follows "takes": `0 to 60000 ms`."""
        raise NotImplementedError

    def choices(self) -> tuple[str, ...]:
        """The words that may be given, where they can be listed."""
        return ()


def alternatives(words: tuple[str, ...]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
