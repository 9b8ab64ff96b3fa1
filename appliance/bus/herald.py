"""What others are told of a segment: its state where it changes, its traffic while somebody follows."""

from __future__ import annotations

from collections.abc import Callable

from appliance.clock import Clock
from appliance.events import BusState, BusTraffic, Direction, SegmentChanged
from appliance.mbus.dialogue import Traffic


class Herald:
    """Speaks for one segment."""

    def __init__(
        self, segment: str, clock: Clock, publish: Callable[[object], None], wanted: Callable[[type], bool]
    ) -> None:
        self.state = BusState.OFF
        self.sentence = ""
        self._segment = segment
        self._clock = clock
        self._publish = publish
        self._wanted = wanted

    def show(self, state: BusState, sentence: str = "") -> None:
        """The state it is in, and why where that is not plain."""
        if (state, sentence) != (self.state, self.sentence):
            self.state, self.sentence = state, sentence
            self._publish(SegmentChanged(self._segment, state, sentence))

    def follower(self) -> Callable[[Traffic, bytes, str], None] | None:
        """Who takes the traffic of the next conversation; None while nobody follows."""
        return self._tell if self._wanted(BusTraffic) else None

    def tell(self, traffic: Traffic, octets: bytes, note: str) -> None:
        """Octets passed outside a conversation."""
        if self._wanted(BusTraffic):
            self._tell(traffic, octets, note)

    def _tell(self, traffic: Traffic, octets: bytes, note: str) -> None:
        self._publish(BusTraffic(self._segment, self._clock.now(), Direction(traffic), octets, note))
