"""Textual over a stream: SSH channel or local socket instead of a terminal of this process.

A frame is gathered until Textual flushes it and then written whole. While the other side does not keep up, whole frames
are dropped; once it does, everything is painted anew.
"""

from __future__ import annotations

import asyncio
import codecs
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TextIO

from textual import constants, events, messages
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.terminal import Link, bounded

ENTER: Final = (
    "\x1b[?1049h\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?25l\x1b[?1004h\x1b[?2026$p\x1b[?2004h\x1b[?7l\x1b[2J"
)
LEAVE: Final = "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[0m\x1b[?1049l\x1b[?25h"


class StreamDriver(Driver):
    """Fed with octets by whoever owns the stream, on the loop the application runs on."""

    def __init__(
        self,
        app: App[Any],
        *,
        link: Link,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size or link.size)
        self.dropped = 0  # frames the other side was too slow for
        self._link = link
        self._frame: list[str] = []
        self._behind = False
        self._parser = XTermParser(debug)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._timer: asyncio.TimerHandle | None = None
        self._entered = False

    def start_application_mode(self) -> None:
        """Take the other side's screen; its size is known to the application."""
        self._entered = True
        self._link.write(ENTER.encode())

    def stop_application_mode(self) -> None:
        """Give the screen back; twice is harmless."""
        self.disable_input()
        if self._entered:
            self._entered = False
            self._frame.clear()
            self._link.write(LEAVE.encode())

    def disable_input(self) -> None:
        """Take no more keys."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def write(self, data: str) -> None:
        """Add to the frame."""
        self._frame.append(data)

    def flush(self) -> None:
        """Send the frame, or drop it as a whole."""
        frame, self._frame = "".join(self._frame), []
        if not self._entered or not frame:
            return
        if self._link.congested:
            self._behind = True
            self.dropped += 1
        else:
            self._link.write(frame.encode("utf-8", "replace"))

    def feed(self, octets: bytes) -> None:
        """Keys and mouse, as they came."""
        text = self._decoder.decode(octets)
        if not text:  # half a character; an empty feed would mean the end to the parser
            return
        for message in self._parser.feed(text):
            self.process_message(message)
        self._expect_more()

    def caught_up(self) -> None:
        """The other side takes frames again: paint what it missed."""
        if self._behind:
            self._behind = False
            self._app.call_later(self._app.refresh, layout=True)

    def resize(self, columns: int, rows: int) -> None:
        """The other side's window has another size."""
        self._size = bounded(columns, rows)
        self._post_size()

    def end(self) -> None:
        """The appliance ends the session; the other side gets its screen back."""
        self._app.post_message(messages.ExitApp())

    def hang_up(self) -> None:
        """The other side is gone."""
        self._entered = False
        self.end()

    def send_message(self, message: Message) -> None:
        """Straight into the queue: we are on the application's loop."""
        self._app.post_message(message)

    def process_message(self, message: Message) -> None:
        """The size comes from the stream, not from the keys."""
        if not isinstance(message, InBandWindowResize):
            super().process_message(message)

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """Nothing is opened on the appliance."""

    def deliver_binary(
        self,
        binary: BinaryIO | TextIO,
        *,
        delivery_key: str,
        save_path: Path,
        open_method: Literal["browser", "download"] = "download",
        encoding: str | None = None,
        mime_type: str | None = None,
        name: str | None = None,
    ) -> None:
        """Nothing is saved on the appliance."""

    def _post_size(self) -> None:
        size = Size(*(self._size or (80, 24)))
        self._app.post_message(events.Resize(size, size))

    def _expect_more(self) -> None:
        """A lone ESC becomes a key only when nothing follows it for a while."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(constants.ESCAPE_DELAY + 0.01, self._tick)

    def _tick(self) -> None:
        self._timer = None
        for message in self._parser.tick():
            self.process_message(message)
