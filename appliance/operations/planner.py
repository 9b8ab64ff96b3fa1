"""What the meters of a segment cost: time on the wire, load of the master, length of the cable.

The time is reckoned from the telegrams that the meters sent last and from the times of EN 13757-2 that the engine
keeps; a meter not heard yet counts with a telegram of usual length. Retries of silent meters come on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from appliance.mbus.dialogue.timing import CHARACTER_BITS, REQUEST_PAUSE_BITS
from appliance.meters.meter import Addressing, Initialization, Meter
from appliance.ports import Heard

SHORT: Final = 5  # octets of SND_NKE and REQ_UD2
SELECT: Final = 17  # octets of the select by secondary address
ACKNOWLEDGE: Final = 1
USUAL: Final = 100  # octets of a telegram
BEFORE_ANSWER: Final = 0.05  # seconds a meter usually takes until it answers
CABLE: Final = 142_000  # metres for one unit load over the reference wire; more loads shorten it by their number
REFERENCE_WIRE: Final = Decimal("0.8")  # millimetres


@dataclass(frozen=True, slots=True)
class Exchange:
    """Octets both ways, and how often an answer is waited for."""

    octets: int
    answers: int

    def seconds(self, baud_rate: int) -> float:
        """On the wire."""
        pauses = REQUEST_PAUSE_BITS * self.answers
        return (self.octets * CHARACTER_BITS + pauses) / baud_rate + self.answers * BEFORE_ANSWER


def exchange_of(meter: Meter, newest: Heard | None) -> Exchange:
    """One reading of a meter."""
    telegrams = [len(octets) for octets in newest.telegrams] if newest and newest.telegrams else [USUAL]
    octets, answers = sum(telegrams) + SHORT * len(telegrams), len(telegrams)
    if meter.addressing is not Addressing.PRIMARY:
        octets, answers = octets + ACKNOWLEDGE + SELECT, answers + 1
    if meter.initialization is not Initialization.OFF:
        octets, answers = octets + SHORT + ACKNOWLEDGE, answers + 1
    return Exchange(octets, answers)


def seconds_of(
    meters: Iterable[Meter], newest: Mapping[int, Heard | None], baud_rate: int, *, only_rate: bool = False
) -> float:
    """A round of these meters, each at its own rate where it has one and `only_rate` does not forbid it."""
    return sum(
        exchange_of(meter, newest.get(meter.id)).seconds((0 if only_rate else meter.baud_rate) or baud_rate)
        for meter in meters
    )


def cable_length(loads: int, diameter: Decimal) -> int:
    """Metres of cable that so many unit loads allow."""
    return int(CABLE * (diameter / REFERENCE_WIRE) ** 2 / max(1, loads))


def shortest_that_fits(seconds: float, presets: Mapping[str, int]) -> str:
    """Of all presets, the one with the shortest period that is long enough."""
    fitting = [(period, name) for name, period in presets.items() if period > seconds]
    return min(fitting)[1] if fitting else max((period, name) for name, period in presets.items())[1]


def period_of(runs: Sequence[float]) -> float:
    """The shortest time between runs of a schedule, in seconds."""
    return min((after - before for before, after in pairwise(runs)), default=0.0)
