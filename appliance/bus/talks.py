"""Dialogues that somebody else brings to a segment: an order to a meter, a step of a search."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from appliance.errors import BusmeisterError
from appliance.mbus.dialogue.conversation import Dialogue


@dataclass(slots=True)
class Talk:
    """One dialogue and whom its result goes to."""

    dialogue: Dialogue[Any]
    answer: Future[Any]
    baud_rate: int


class Talks:
    """Those that wait, and the one under way."""

    def __init__(self) -> None:
        self.current: Talk | None = None
        self._waiting: deque[Talk] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, talk: Talk) -> None:
        """Wait for the bus."""
        self._waiting.append(talk)

    def begin(self) -> Talk | None:
        """The next one; None where its owner no longer wants it."""
        talk = self._waiting.popleft()
        if not talk.answer.set_running_or_notify_cancel():
            return None
        self.current = talk
        return talk

    def conclude(self, result: object, error: BusmeisterError | None) -> None:
        """The one under way is over."""
        talk, self.current = self.current, None
        if talk is None:
            return
        if error is None:
            talk.answer.set_result(result)
        else:
            talk.answer.set_exception(error)

    def fail_all(self, error: BusmeisterError) -> None:
        """The bus is gone for all of them."""
        self.conclude(None, error)
        while self._waiting:
            talk = self._waiting.popleft()
            if talk.answer.set_running_or_notify_cancel():
                talk.answer.set_exception(error)
