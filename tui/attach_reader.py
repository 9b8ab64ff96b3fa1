"""The appliance's side of what a terminal sends over the local socket."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from tui.attach_frames import CONSOLE, HEAD, HELLO, LONGEST, VERSION
from tui.terminal import Size, Terminal, bounded, terminal_of


class Garbled(Exception):
    """What came is no frame."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What a terminal says of itself first."""

    facts: dict[str, Any]

    @property
    def is_of_this_version(self) -> bool:
        """It was started from the same program."""
        return self.facts.get("version") == VERSION

    @property
    def wants_console(self) -> bool:
        """The console instead of the dashboard."""
        return self.facts.get("view") == CONSOLE

    @property
    def stops_appliance(self) -> bool:
        """Who leaves it ends the appliance."""
        return self.facts.get("stops_appliance") is True

    @property
    def size(self) -> Size:
        """Of its window."""
        return Size(*bounded(self._number("columns"), self._number("rows")))

    @property
    def type(self) -> str:
        """Of the terminal; empty where it shall have no colours."""
        return "" if self.facts.get("no_color") is True else str(self.facts.get("term", ""))

    @property
    def terminal(self) -> Terminal:
        """What it can do."""
        return terminal_of(
            str(self.facts.get("term", "")),
            str(self.facts.get("colour", "")),
            ascii_only=self.facts.get("ascii") is True,
            no_color=self.facts.get("no_color") is True,
        )

    def _number(self, name: str) -> int:
        number = self.facts.get(name)
        return number if isinstance(number, int) and number > 0 else 0


async def receive(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next frame: kind and payload. Raises `Garbled`, or `IncompleteReadError` at the end."""
    kind, length = HEAD.unpack(await reader.readexactly(HEAD.size))
    if length > LONGEST:
        raise Garbled(f"a frame of {length} octets")
    return kind, await reader.readexactly(length)


async def receive_hello(reader: asyncio.StreamReader) -> Hello:
    """The first frame; raises as `receive`."""
    kind, payload = await receive(reader)
    try:
        facts = json.loads(payload) if kind == HELLO else None
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise Garbled("it began with something else than a hello")
    return Hello(facts)
