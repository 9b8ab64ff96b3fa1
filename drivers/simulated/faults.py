"""What may be wrong with a meter or a bus, by name, and from when until when.

```text
deaf                      hears nothing, so it never answers
late                      answers after the time an answer is due in
babbling                  sends octets nobody asked for: one meter now and then, a whole bus without end
wrong_checksum            the checksum of each answer is wrong
wrong_id                  answers with the identification of another meter
duplicate_address         a second meter has the same addresses and answers too
short_circuit             the bus has no voltage: no meter hears, the master reads breaks
echo                      the converter gives back what the master sends
truncated                 answers break off in their middle
bit_errors                bits flip on the way, one in a thousand
endless                   each telegram announces another one
frame_count_bit_ignored   goes on to the next telegram even when asked for the same again
frame_count_bit_strict    repeats the very octets of its last telegram while the bit stays
running_back              counters run back
jams_when_asked           answers with octets without end, five seconds long at 2400 Bd
shorts_when_asked         shorts the bus when it is to answer
swapped                   another meter hangs in its place, with its primary address
vanishing_line            the line goes away; without a duration for 20 s of every 15 minutes, first after one
```
"""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import Final

from appliance.errors import SettingError


class Fault(StrEnum):
    """A fault by the name a person gives it."""

    DEAF = "deaf"
    LATE = "late"
    BABBLING = "babbling"
    WRONG_CHECKSUM = "wrong_checksum"
    WRONG_ID = "wrong_id"
    DUPLICATE_ADDRESS = "duplicate_address"
    SHORT_CIRCUIT = "short_circuit"
    ECHO = "echo"
    TRUNCATED = "truncated"
    BIT_ERRORS = "bit_errors"
    ENDLESS = "endless"
    FRAME_COUNT_BIT_IGNORED = "frame_count_bit_ignored"
    FRAME_COUNT_BIT_STRICT = "frame_count_bit_strict"
    RUNNING_BACK = "running_back"
    JAMS_WHEN_ASKED = "jams_when_asked"
    SHORTS_WHEN_ASKED = "shorts_when_asked"
    SWAPPED = "swapped"
    VANISHING_LINE = "vanishing_line"

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Raises `SettingError` with the names there are."""
        try:
            return cls(text)
        except ValueError:
            names = ", ".join(cls)
            raise SettingError(f'There is no simulated fault "{text}", only {names}.') from None


BUS_FAULTS: Final = frozenset((Fault.SHORT_CIRCUIT, Fault.ECHO, Fault.VANISHING_LINE))
"""Faults of the line itself: a meter that has one has it for all."""

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
