"""What may be wrong with a simulated meter or bus, by name.

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
