"""Messages that come from the appliance."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened since the last picture, collapsed."""

    kinds: frozenset[type] = frozenset()
    meters: frozenset[int] = frozenset()  # whose glance is another now


class Happened(Message):
    """The picture is out of date."""

    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self.changes = changes
