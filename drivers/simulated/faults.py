"""Which faults a meter or a bus has, and from when until when."""

from __future__ import annotations

from math import inf
from typing import Final

from appliance.simulated_faults import Fault

GONE: Final = 20.0
GONE_FIRST: Final = 60.0
GONE_EVERY: Final = 900.0


class Faults:
    """The faults of one meter or one bus, each with the monotonic times of its beginning and end."""

    def __init__(self) -> None:
        self._spans: dict[Fault, tuple[float, float]] = {}

    def __bool__(self) -> bool:
        return bool(self._spans)

    def put(self, fault: Fault, now: float, duration: float | None = None) -> None:
        """Switch a fault on, for a time in seconds or for ever."""
        self._spans[fault] = now, inf if duration is None else now + duration

    def clear(self, fault: Fault | None = None) -> None:
        """Switch one fault off, or all."""
        if fault is None:
            self._spans.clear()
        else:
            self._spans.pop(fault, None)

    def has(self, fault: Fault, now: float) -> bool:
        """Whether the fault is on at `now`."""
        span = self._spans.get(fault)
        return span is not None and span[0] <= now < span[1]

    def active(self, now: float) -> tuple[Fault, ...]:
        """All that are on at `now`; what is over is forgotten."""
        self._spans = {fault: span for fault, span in self._spans.items() if now < span[1]}
        return tuple(fault for fault in self._spans if self.has(fault, now))

    def line_is_gone(self, now: float) -> bool:
        """Whether a vanishing line is away at `now`."""
        span = self._spans.get(Fault.VANISHING_LINE)
        if span is None or not span[0] <= now < span[1]:
            return False
        return span[1] != inf or 0 <= (now - span[0]) % GONE_EVERY - GONE_FIRST < GONE
