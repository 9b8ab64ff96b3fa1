"""How the appliance ends: who orders it says what follows, the command line obeys once everything is closed."""

from __future__ import annotations

import threading
from enum import StrEnum


class Ending(StrEnum):
    """What follows the end."""

    STOP = "stop"
    RESTART = "restart"
    RESTART_MACHINE = "restart of the machine"
    FACTORY_RESET = "factory reset"


class Lifecycle:
    """The end of one run; the first order of it holds."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.ending = Ending.STOP
        self._lock = threading.Lock()

    @property
    def ends(self) -> bool:
        """An end was ordered."""
        return self.stop.is_set()

    def end(self, ending: Ending = Ending.STOP) -> None:
        """Stop everything, and then `ending`."""
        with self._lock:
            if not self.stop.is_set():
                self.ending = ending
                self.stop.set()
