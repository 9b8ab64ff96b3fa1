"""A person at a terminal without a terminal: what they type goes in, what they would see comes out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from appliance.operations.call import Call
from console.editor import Limits, Size, serve
from tests.operations.world import World

PATIENCE = 20.0
ANSWER = re.compile(r"\n((?:.*\n)*)\S+ \d> *$")
FORWARD = re.compile(rb"\x1b\[(\d*)C")
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r")


class PaperStream:
    """A stream whose octets a test types and reads."""

    def __init__(self, *, is_terminal: bool = True, terminal: str = "xterm", size: Size = Size(80, 24)) -> None:  # noqa: B008  # immutable
        self.is_terminal = is_terminal
        self.terminal = terminal
        self.size = size
        self.closed = False
        self.failed = False
        self.order = ""
        self.octets = b""  # not yet looked at
        self.everything = b""
        self.unread = 0  # octets written and not yet taken by a slow client
        self.slow = False
        self._typed: asyncio.Queue[bytes] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._resized: Callable[[], None] = lambda: None

    # what the console uses

    def on_resize(self, callback: Callable[[], None]) -> None:
        self._resized = callback

    async def read(self) -> bytes:
        return b"" if self.closed else await self._typed.get()

    def write(self, octets: bytes) -> None:
        self.octets += octets
        self.everything += octets
        self.unread += len(octets)
        self._changed.set()

    async def drain(self) -> None:
        while self.slow and not self.closed and self.unread > 1000:
            self._changed.clear()
            await self._changed.wait()

    def fail(self) -> None:
        self.failed = True

    def close(self) -> None:
        self.closed = True
        self._typed.put_nowait(b"")
        self._changed.set()

    # what a person does

    def type(self, text: str | bytes) -> None:
        self._typed.put_nowait(text.encode() if isinstance(text, str) else text)

    def hang_up(self) -> None:
        self._typed.put_nowait(b"")

    def resize(self, size: Size) -> None:
        self.size = size
        self._resized()

    def take(self) -> None:
        """A slow client takes what there is."""
        self.unread = 0
        self._changed.set()

    @property
    def seen(self) -> str:
        spread = FORWARD.sub(lambda match: b" " * int(match[1] or 1), self.octets)
        return CONTROL.sub(b"", spread).decode(errors="replace")

    async def see(self, text: str) -> str:
        """Wait until it appears; all that was seen. The next `see` looks at what comes after."""
        while text not in self.seen:
            await self._change(repr(text))
        seen, self.octets = self.seen, b""
        return seen

    async def answer(self, line: str) -> str:
        """Type a line; what appears between it and the next prompt."""
        self.octets = b""
        self.type(f"{line}\r")
        while not (match := ANSWER.search(self.seen)):
            await self._change(f"an answer to {line!r}")
        self.octets = b""
        return match[1]

    async def _change(self, wanted: str) -> None:
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"{wanted} did not appear, but {self.seen!r}") from None


Story = Callable[[PaperStream], Awaitable[None]]


def play(world: World, story: Story, stream: PaperStream | None = None, *, level: int = 3, limits: Limits | None = None,
         call: Call | None = None) -> PaperStream:  # fmt: skip
    """Run a console and, beside it, what a person does; the console has ended when this returns."""

    async def both() -> PaperStream:
        paper = stream or PaperStream()
        who = call or replace(world.call, level=level, user="anna" if level else "", door="console", source="10.0.0.7")
        serving = asyncio.create_task(serve(paper, who, limits or Limits()))
        try:
            await story(paper)
        finally:
            paper.hang_up()
            await asyncio.wait_for(serving, PATIENCE)
        return paper

    return asyncio.run(both())
