"""Tells systemd how the appliance is: ready, alive, stopping (the protocol of sd_notify(3))."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Notifier:
    """Sends to the socket systemd named; without one, as when started by hand, it says nothing."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        environment = os.environ if environment is None else environment
        name = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + name[1:] if name.startswith("@") else name  # @: a socket outside the file system
        self.watchdog_interval = _watchdog_seconds(environment)

    def ready(self) -> None:
        self._tell("READY=1")

    def status(self, sentence: str) -> None:
        """One line that `systemctl status` shows."""
        self._tell("STATUS=" + " ".join(sentence.split()))

    def alive(self) -> None:
        """Feeds the watchdog."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, text: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:  # systemd may be gone
            datagrams.settimeout(1)
            datagrams.sendto(text.encode(), self._address)


def _watchdog_seconds(environment: Mapping[str, str]) -> float | None:
    """How often systemd wants to hear that the appliance is alive, if at all."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    microseconds = environment.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdecimal() and int(microseconds) else None
