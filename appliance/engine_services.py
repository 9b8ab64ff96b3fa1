"""The engine as a service, and the service that hands what happens to those who act upon it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appliance.bus.engine import Engine
from appliance.events import (
    ClockStepped,
    MetersChanged,
    RoundProgress,
    SegmentChanged,
    SettingsChanged,
    StorageTrouble,
)
from appliance.hub import Hub

Handed = RoundProgress | SettingsChanged | MetersChanged | SegmentChanged | StorageTrouble | ClockStepped
HANDED: Final[tuple[type[Handed], ...]] = (
    RoundProgress,
    SettingsChanged,
    MetersChanged,
    SegmentChanged,
    StorageTrouble,
    ClockStepped,
)


class Reading:
    """The engine: a worker a segment, rounds on schedule."""

    name = "bus"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, stop: threading.Event) -> None:
        """Read until `stop`."""
        self._engine.start()
        try:
            stop.wait()
        finally:
            self._engine.stop()


@dataclass(frozen=True, slots=True)
class Hands:
    """Who acts upon what."""

    round_ended: Callable[[RoundProgress], object]
    settings_changed: Callable[[frozenset[str]], object]  # names of the settings
    meters_changed: Callable[[], object]
    segment_changed: Callable[[SegmentChanged], object]
    clock_stepped: Callable[[float], object]  # seconds
    trouble: Callable[[str], object]  # of the store, in a sentence


class Registrar:
    """Hands on what happens: rounds to the store, changed settings and meters to those who obey them."""

    name = "rounds"

    def __init__(self, hub: Hub, hands: Hands) -> None:
        self._hub = hub
        self._hands = hands

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`; events of a round's end come until the engine, which stops later, has ended."""
        with self._hub.follow(*HANDED) as following:
            while not stop.is_set():
                event = following.get(timeout=0.5)
                if event is not None:
                    self._hand_on(event)

    def _hand_on(self, event: Handed) -> None:
        match event:
            case RoundProgress(ended=datetime()):
                self._hands.round_ended(event)
            case SettingsChanged():
                self._hands.settings_changed(event.names)
            case MetersChanged():
                self._hands.meters_changed()
            case SegmentChanged():
                self._hands.segment_changed(event)
            case ClockStepped(seconds):
                self._hands.clock_stepped(seconds)
            case StorageTrouble(sentence):
                self._hands.trouble(sentence)
