"""Which page the display shows: what is held, what is edited, what was just said, else the pages in turn."""

from __future__ import annotations

import math
from typing import Final

from appliance.operations.panel_view import HeldView, Page
from appliance.services.front_panel.editing import AddressEditor
from appliance.services.front_panel.pages import Facts, editing_page, held_page, message_page, rotation

MESSAGE_TIME: Final = 6.0  # seconds
HELD_SHOWN: Final = 0.5  # a short press shows nothing of its own


class Face:
    """The display's pages and their turn."""

    def __init__(self, now: float) -> None:
        self._message: Page | None = None
        self._until = math.inf  # of the message
        self._turn = 0
        self._turned_at = now

    def say(self, sentence: str, now: float) -> str:
        """Show a sentence for a while; the same sentence."""
        self.show(message_page("err" if sentence.startswith("err") else "done", sentence), now, MESSAGE_TIME)
        return sentence

    def show(self, page: Page, now: float, seconds: float) -> None:
        """Show a page before all others for a while."""
        self._message, self._until = page, now + seconds

    def hush(self) -> None:
        """Nothing was said."""
        self._message, self._until = None, math.inf

    def begin_anew(self, now: float) -> None:
        """The state changed: its page comes first."""
        self._turn, self._turned_at = 0, now

    def turn(self, now: float) -> None:
        """The next page."""
        self._turn, self._turned_at = self._turn + 1, now

    def pass_time(self, now: float, page_time: float) -> None:
        """What was said is over after a while, and a page after `page_time` seconds; nought: it stays."""
        if now >= self._until:
            self.hush()
        if page_time and now >= self._turned_at + page_time:
            self.turn(now)

    def choose(self, facts: Facts, held: HeldView | None, editor: AddressEditor | None) -> Page:
        """What is to be seen now."""
        if held is not None and held.seconds >= HELD_SHOWN:
            return held_page(held)
        if editor is not None:
            return editing_page(editor)
        if self._message is not None:
            return self._message
        turns = rotation(facts)
        return turns[self._turn % len(turns)]

    def next_moment(self) -> float:
        """When a message is over."""
        return self._until
