"""What a person is told in passing: the newest few sentences, each once."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Self

from textual.notifications import Notification, Notifications

from tui.text import _

MOST: Final = 3  # that are seen together; older ones give way


class Toasts(Notifications):
    """Of one session; a sentence that is said again says how often."""

    def __init__(self) -> None:
        super().__init__()
        self._times: dict[str, tuple[str, int]] = {}  # sentence as it came, how often; by identity of its toast

    def add(self, notification: Notification) -> Self:
        """Show one more."""
        times = 1
        for one in self:
            sentence, before = self._times[one.identity]
            if (sentence, one.severity) == (notification.message, notification.severity):
                del self[one]
                times = before + 1
                break
        shown = notification.message if times == 1 else _("{} ({} times)").format(notification.message, times)
        super().add(replace(notification, message=shown))
        self._times[notification.identity] = notification.message, times
        for oldest in list(self)[:-MOST]:
            del self[oldest]
        self._times = {one.identity: self._times[one.identity] for one in self}
        return self
