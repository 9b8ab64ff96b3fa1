"""What the arrow keys go back to."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Iterable

from prompt_toolkit.history import History


class Memory(History):
    """The lines that the session keeps; it does so itself."""

    def __init__(self, lines: deque[str]) -> None:
        super().__init__()
        self._lines = lines

    async def load(self) -> AsyncGenerator[str, None]:
        """The newest first, as they are now."""
        for line in reversed(tuple(self._lines)):
            yield line

    def get_strings(self) -> list[str]:
        return list(self._lines)

    def append_string(self, string: str) -> None:
        """The session keeps what it is given."""

    def load_history_strings(self) -> Iterable[str]:
        return reversed(self._lines)

    def store_string(self, string: str) -> None:
        """Nothing is kept beyond the session."""
