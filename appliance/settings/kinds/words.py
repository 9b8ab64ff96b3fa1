"""Words: yes or no, one of several, free text, secrets, octets, and lists of them."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Generic, TypeVar

from appliance.errors import SettingError
from appliance.meters.selection import Selection
from appliance.settings.kinds.base import Kind, NotTaken, alternatives

Word = TypeVar("Word", bound=StrEnum)
Item = TypeVar("Item")


class YesNo(Kind[bool]):
    """True or false."""

    word = "bool"

    def parse(self, text: str) -> bool:
        word = text.lower()
        if word not in ("true", "on", "false", "off"):
            raise NotTaken
        return word in ("true", "on")

    def format(self, value: bool) -> str:
        return "true" if value else "false"

    def allowed(self) -> str:
        return "true or false"

    def choices(self) -> tuple[str, ...]:
        return ("true", "false")


class OneOf(Kind[Word], Generic[Word]):
    """One word of an enumeration."""

    word = "enum"

    def __init__(self, words: type[Word]) -> None:
        self.words = words

    def parse(self, text: str) -> Word:
        try:
            return self.words(text.lower())
        except ValueError:
            raise NotTaken from None

    def allowed(self) -> str:
        return alternatives(self.choices())

    def choices(self) -> tuple[str, ...]:
        return tuple(str(word) for word in self.words)


class Text(Kind[str]):
    """Free text without control characters, on one line unless `lines`."""

    word = "text"

    def __init__(self, minimum: int = 0, maximum: int = 80, *, lines: bool = False) -> None:
        self.minimum, self.maximum, self.lines = minimum, maximum, lines

    def parse(self, text: str) -> str:
        if not self.minimum <= len(text) <= self.maximum:
            raise NotTaken(f"it has {len(text)}")
        if any(unicodedata.category(letter) == "Cc" and not (self.lines and letter == "\n") for letter in text):
            raise NotTaken("it has control characters")
        return text

    def allowed(self) -> str:
        return f"{self.minimum} to {self.maximum} characters"


class Secret:
    """A password or key in memory: prints as dots wherever it is printed."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the one place that needs it."""
        return self._text

    def __str__(self) -> str:
        return "········" if self._text else ""

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class Hidden(Kind[Secret]):
    """A secret."""

    word = "secret"
    is_secret = True

    def __init__(self, minimum: int = 0, maximum: int = 200) -> None:
        self.minimum, self.maximum = minimum, maximum

    def parse(self, text: str) -> Secret:
        if text and not self.minimum <= len(text) <= self.maximum:
            raise NotTaken
        return Secret(text)

    def format(self, value: Secret) -> str:
        return value.reveal()

    def show(self, value: Secret) -> str:
        return str(value)

    def allowed(self) -> str:
        return f"{self.minimum} to {self.maximum} characters"


class Octets(Kind[bytes]):
    """Octets in hex, blanks and colons between them allowed."""

    word = "hex"

    def __init__(self, minimum: int, maximum: int) -> None:
        self.minimum, self.maximum = minimum, maximum

    def parse(self, text: str) -> bytes:
        try:
            octets = bytes.fromhex(text.replace(":", " "))
        except ValueError:
            raise NotTaken from None
        if not self.minimum <= len(octets) <= self.maximum:
            raise NotTaken(f"it has {len(octets)}")
        return octets

    def format(self, value: bytes) -> str:
        return value.hex().upper()

    def allowed(self) -> str:
        return f"{self.minimum} to {self.maximum} octets in hex"


class ListOf(Kind[tuple[Item, ...]], Generic[Item]):
    """Several of a kind with commas between; empty is an empty list."""

    word = "list"
    is_list = True

    def __init__(self, item: Kind[Item], maximum: int = 64) -> None:
        self.item, self.maximum = item, maximum

    def parse(self, text: str) -> tuple[Item, ...]:
        items = tuple(self.item.parse(part.strip()) for part in text.split(",")) if text.strip() else ()
        if len(items) > self.maximum:
            raise NotTaken(f"it has {len(items)}")
        return items

    def format(self, value: tuple[Item, ...]) -> str:
        return ",".join(self.item.format(item) for item in value)

    def allowed(self) -> str:
        return f"a list of {self.item.allowed()}"

    def choices(self) -> tuple[str, ...]:
        return self.item.choices()


class Order(ListOf[Word], Generic[Word]):
    """Choices in an order, each at most once, at least one."""

    word = "order"

    def __init__(self, words: type[Word]) -> None:
        super().__init__(OneOf(words), len(words))

    def parse(self, text: str) -> tuple[Word, ...]:
        items = super().parse(text)
        if not items or len(set(items)) < len(items):
            raise NotTaken
        return items

    def allowed(self) -> str:
        return f"{', '.join(self.choices())} in any order, each once"


class FilePath(Kind[str]):
    """A file below the folder that files may be kept in."""

    word = "path"

    def parse(self, text: str) -> str:
        if text and not re.fullmatch(r"[\w][\w .+-]{0,99}(/[\w][\w .+-]{0,99}){0,3}", text):
            raise NotTaken
        return text

    def allowed(self) -> str:
        return "the name of a file in the repository, with its folders and / before it, none at the start"


class Meters(Kind[Selection]):
    """A selection of meters; takes it as typed, with its quotes."""

    word = "meters"

    def parse(self, text: str) -> Selection:
        try:
            return Selection.parse(text)
        except SettingError as error:
            raise NotTaken(error.sentence) from None

    def format(self, value: Selection) -> str:
        return value.text

    def allowed(self) -> str:
        return "a selection of meters such as all, medium=water or 12345678"
