"""What a session needs of the door it is reached through."""

from __future__ import annotations

from typing import Protocol


class Screen(Protocol):
    """Where answers go and questions are asked. Used by one thread."""

    @property
    def columns(self) -> int:
        """Width of the window in cells."""

    def write(self, line: str) -> None:
        """One line of an answer."""

    def conclude(self, line: str) -> None:
        """How an order ended: seen even by a person who wanted no more of its answer."""

    def progress(self, line: str) -> None:
        """How a long order goes on, in place of the line before; empty takes it away."""

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """A person's answer to a question, not echoed where `hidden`; empty where nobody answers."""
