"""Completes the list of meters by what they say: the first sound reading of any kind identifies a meter.

From then on an answer with another identification is not taken for this meter's: one that was swapped is noticed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from appliance.errors import StoreError, TelegramError
from appliance.events import TelegramHeard
from appliance.hub import Hub
from appliance.log import stream
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.telegram import decode
from appliance.meters.identity import identified, is_identified
from appliance.meters.meter import Meter
from appliance.ports import Heard
from appliance.store.meters import Meters

log = stream("meters")


class Identities:
    """A service that follows what is heard; whoever ordered a reading may ask it to learn at once. Thread-safe."""

    name = "identities"

    def __init__(
        self, hub: Hub, meters: Meters, template: Callable[[], str], tell: Callable[[Meter, Meter], None]
    ) -> None:
        self._hub = hub
        self._meters = meters
        self._template = template  # of automatic names
        self._tell = tell  # before and after
        self._lock = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`. What cannot be written is learnt from the next reading."""
        with self._hub.follow(TelegramHeard) as following:
            while not stop.is_set():
                event = following.get(timeout=0.5)
                if event is not None:
                    try:
                        self.learn(event.heard)
                    except StoreError as error:
                        log.warning("A meter that was identified cannot be written down: %s", error)

    def learn(self, heard: Heard) -> Meter | None:
        """The meter of a reading, identified where its first telegram tells who it is; None where it is off the list.
        Durable when this returns."""
        with self._lock:
            meter = self._meters.find(heard.meter)
            told = None if meter is None or is_identified(meter) else _told(heard)
            if meter is None or told is None:
                return meter
            known = identified(meter, told, self._template())
            if known != meter:
                self._meters.change(known)
                self._tell(meter, known)
            return known


def _told(heard: Heard) -> SecondaryAddress | None:
    try:
        return decode(heard.telegrams[0]).secondary_address if heard.telegrams else None
    except TelegramError:
        return None
