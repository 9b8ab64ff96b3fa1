"""Writes what meters say to the log, octet by octet, for as long as `log.telegrams` asks for it (personal data)."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Final

from appliance.clock import Clock
from appliance.events import SettingsChanged, TelegramHeard
from appliance.hub import Hub
from appliance.log import stream
from appliance.ports import Heard
from appliance.settings import Settings
from appliance.settings.subjects.storage import Telegrams

log = stream("telegrams")

LENGTHS: Final = {Telegrams.HOUR: timedelta(hours=1), Telegrams.DAY: timedelta(days=1)}
SETTING: Final = "log.telegrams"
TICK: Final = 0.5  # seconds


class TelegramLog:
    """Switches itself off; the time begins anew with each start of the appliance."""

    name = "telegram log"

    def __init__(self, hub: Hub, settings: Settings, clock: Clock) -> None:
        self._hub = hub
        self._settings = settings
        self._clock = clock
        self._until = 0.0  # monotonic
        self.begin()

    def run(self, stop: threading.Event) -> None:
        """Follow the meters until `stop`."""
        with self._hub.follow(TelegramHeard, SettingsChanged) as following:
            while not stop.is_set():
                self.take(following.get(timeout=TICK))

    def begin(self) -> None:
        """The time that is asked for begins now."""
        length = LENGTHS.get(self._settings.log.telegrams, timedelta())
        self._until = self._clock.monotonic() + length.total_seconds()

    def take(self, event: TelegramHeard | SettingsChanged | None) -> None:
        """What happened, or nothing for a while."""
        if isinstance(event, SettingsChanged) and SETTING in event.names:
            self.begin()
        if self._settings.log.telegrams is Telegrams.OFF:
            return
        if self._clock.monotonic() >= self._until:
            self._settings.unset([SETTING], "appliance")
        elif isinstance(event, TelegramHeard):
            self._write(event.heard)

    def _write(self, heard: Heard) -> None:
        for octets in heard.telegrams:
            log.info("meter %d: %s", heard.meter, octets.hex(" ").upper())
