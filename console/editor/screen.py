"""The screen of a session, as the thread that works sees it: it writes, and it waits for a person's answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from console.editor.outlet import Outlet
from console.editor.pager import More, Pager
from console.editor.stream import Size
from console.rendering import cut

ERASE_LINE: Final = "\r\x1b[K"
RED, GREEN, RESET = "\x1b[31m", "\x1b[32m", "\x1b[0m"


class Person(Protocol):
    """Who can be asked; each call waits for the answer, empty when they are gone."""

    def ask(self, question: str, *, hidden: bool) -> str: ...
    def more(self) -> More: ...


class PlainScreen:
    """Answers as they are; nobody can be asked."""

    columns = 80

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    def write(self, line: str) -> None:
        self._outlet.put(f"{line}\n")

    def conclude(self, line: str) -> None:
        self.write(line)

    def progress(self, line: str) -> None:
        """Scripts see none."""

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """Nobody answers in a script."""
        return ""


class TerminalScreen:
    """A window with a person before it."""

    def __init__(self, outlet: Outlet, size: Callable[[], Size], person: Person, *, colours: bool) -> None:
        self.plain = False
        self.paged = False  # stop at each screenful
        self._outlet = outlet
        self._size = size
        self._person = person
        self._colours = colours
        self._pager = Pager(size, person.more)
        self._progressed = False

    @property
    def columns(self) -> int:
        return self._size().columns

    def begin(self) -> None:
        """A new answer: screenfuls are counted from here."""
        self._pager.begin()

    def end(self) -> None:
        """The answer is over, with what was searched for or without."""
        if self._pager.is_seeking:
            self._outlet.put("not found\n")
        self._pager.begin()

    def write(self, line: str) -> None:
        if self.plain or not self.paged or self._pager.admits(line):
            self._outlet.put(f"{line}\n")

    def conclude(self, line: str) -> None:
        if not self.plain:
            if self.paged:
                self._pager.admits(line)  # a full screen is read first; what was wanted of it ends here
            self.end()
            line = self._coloured(line)
        self._outlet.put(f"{line}\n")

    def progress(self, line: str) -> None:
        if line or self._progressed:
            self._outlet.put(f"{ERASE_LINE}{cut(line, self.columns - 1)}")
        self._progressed = bool(line)

    def ask(self, question: str, *, hidden: bool = False) -> str:
        return self._person.ask(question, hidden=hidden)

    def _coloured(self, line: str) -> str:
        if self._colours and line.startswith("ERROR "):
            return f"{RED}{line}{RESET}"
        if self._colours and (line == "OK" or line.startswith("OK ")):
            return f"{GREEN}{line}{RESET}"
        return line
