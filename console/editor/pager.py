"""Long answers stop at each screenful: space next, enter one line, `/` search, q or ctrl-c end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from console.editor.stream import Size
from console.rendering import cells


@dataclass(frozen=True, slots=True)
class More:
    """What a person at a full screen wants: so many lines, those from the one that has `search`, or none."""

    lines: int = 0
    search: str = ""


END: Final = More()


class Pager:
    """Decides of each line whether it is shown; asks when the screen is full."""

    def __init__(self, size: Callable[[], Size], ask: Callable[[], More]) -> None:
        self._size = size
        self._ask = ask
        self.begin()

    def begin(self) -> None:
        """A new answer."""
        self._room = self._screenful()
        self._search = ""
        self._ended = False

    @property
    def is_seeking(self) -> bool:
        """What was searched for has not come yet."""
        return bool(self._search)

    def admits(self, line: str) -> bool:
        """Whether to show the line; waits for the person where the screen is full."""
        if self._ended:
            return False
        if self._search:
            return self._found(line)
        if self._room <= 0:
            self._obey(self._ask())
            return self.admits(line)
        self._room -= max(1, -(-cells(line) // self._size().columns))
        return True

    def _found(self, line: str) -> bool:
        if self._search not in line.lower():
            return False
        self._search = ""
        self._room = self._screenful() - 1
        return True

    def _obey(self, more: More) -> None:
        self._ended = more == END
        self._search = more.search.lower()
        self._room = more.lines

    def _screenful(self) -> int:
        return self._size().rows - 1
