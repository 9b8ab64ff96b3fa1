"""A pipe, a script, or a client that answers no negotiation: lines in, answers that end with OK or ERROR out."""

from __future__ import annotations

import codecs
import re
from collections.abc import AsyncIterator
from typing import Final

from console.editor.stream import Stream

LINE_END: Final = re.compile(r"\r\n|\r\0|\r|\n")


class Lines:
    """Cuts what comes into lines. What is longer than `longest` is cut off, and is then still too long."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._after_return = False  # the LF or NUL of a line end may come in the next octets

    def feed(self, octets: bytes) -> list[str]:
        """The lines that are complete now."""
        text = self._decode(octets)
        if text and self._after_return:
            text = text[1:] if text[0] in "\n\0" else text
            self._after_return = False
        self._after_return = self._after_return or text.endswith("\r")
        *lines, rest = LINE_END.split(text)
        if lines:
            lines[0] = self._rest + lines[0]
            self._rest = ""
        self._rest = (self._rest + rest)[: self._longest + 1]
        return [line[: self._longest + 1] for line in lines]

    def end(self) -> str:
        """What came after the last line end."""
        return self._rest


async def lines_of(stream: Stream, longest: int) -> AsyncIterator[str]:
    """Every line typed, also a last one that has no end."""
    lines = Lines(longest)
    while octets := await stream.read():
        for line in lines.feed(octets):
            yield line
    if rest := lines.end():
        yield rest
