"""Waking the optical head of a meter, which sleeps to spare its battery: light that alternates from bit to bit.

```text
2400 Bd, 8N1   55 55 55 ... 55     2.2 s, so that a start bit, eight bits and a stop bit are 0101010101
               silence             as long as a slave may take for anything
8E1            the first frame
```
The figures are those of public manuals of heat and water meters with such a head: 2.1 to 2.3 s of light, then 0.1 to
0.35 s of darkness. A head falls asleep again when it is left alone, so one that did not answer is woken anew.
"""

from __future__ import annotations

from math import ceil
from typing import Final

from appliance.mbus.dialogue.timing import ANSWER_BITS, ANSWER_MARGIN

WAKING_RATE: Final = 2400
WAKING_BITS: Final = 10  # start, eight data, stop: a parity bit would break the alternation
WAKING_OCTET: Final = b"\x55"
DARKNESS: Final = ANSWER_BITS / WAKING_RATE + ANSWER_MARGIN


def light(seconds: float) -> bytes:
    """The octets that take at least so long."""
    return WAKING_OCTET * ceil(seconds * WAKING_RATE / WAKING_BITS)


def waking_time(seconds: float) -> float:
    """From the first bit of light to the first frame; 0 where nobody has to be woken."""
    return len(light(seconds)) * WAKING_BITS / WAKING_RATE + DARKNESS if seconds else 0.0
