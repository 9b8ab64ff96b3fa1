"""How long a master waits. Times are seconds; what depends on the baud rate is given in bit times.

A slave answers between 11 and 330 bit times + 50 ms after the request (public M-Bus documentation, on
timing). A figure of 0 means automatic: that time, two characters and the line's own delay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

CHARACTER_BITS: Final = 11  # start, eight data, even parity, stop
ANSWER_BITS: Final = 330
ANSWER_MARGIN: Final = 0.050
REQUEST_PAUSE_BITS: Final = 33  # silence before a request, so that every slave sees the end of what went before
GAP_MARGIN: Final = 0.050  # inside a frame: what drivers and converters may hold octets back
LEARNT_MARGIN: Final = 1.25  # a meter that was late once is waited for a quarter longer than it took


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Waits and attempts of one kind of dialogue (settings `bus.readout.*`, `bus.search.*`)."""

    response_timeout: float = 0.0  # 0 = automatic
    longest_response: float  # what the automatic time may grow to
    readout_retries: int  # retries come after the first attempt
    selection_retries: int
    initialization_idle_time: float
    collision_idle_time: float
    request_idle_time: float
    silence_ends_idle: bool = True  # False: idle times are waited to their end, as the profile cme3100 does

    def with_response(self, seconds: float) -> Timing:
        """The same with a fixed response time."""
        return replace(self, response_timeout=seconds)

    def response(self, baud_rate: int, latency: float = 0.0, learnt: float = 0.0) -> float:
        """From the end of a request to the last moment an answer may begin."""
        if self.response_timeout:
            return self.response_timeout + latency
        automatic = (ANSWER_BITS + 2 * CHARACTER_BITS) / baud_rate + ANSWER_MARGIN
        return min(max(automatic, learnt), max(self.longest_response, automatic)) + latency

    def long_response(self, baud_rate: int, latency: float = 0.0) -> float:
        """The patient wait for a meter that was silent once."""
        return self.response(baud_rate, latency, learnt=self.longest_response)


READOUT: Final = Timing(
    longest_response=1.5,
    readout_retries=3,
    selection_retries=2,
    initialization_idle_time=10.0,
    collision_idle_time=3.5,
    request_idle_time=1.0,
)
SEARCH: Final = replace(
    READOUT,
    longest_response=1.0,
    readout_retries=1,
    selection_retries=1,
    collision_idle_time=5.0,
    request_idle_time=2.0,
)
CME3100_READOUT: Final = replace(READOUT, response_timeout=1.5, silence_ends_idle=False)


def transmission_time(octets: int, baud_rate: int) -> float:
    """How long so many octets are on the wire."""
    return octets * CHARACTER_BITS / baud_rate
