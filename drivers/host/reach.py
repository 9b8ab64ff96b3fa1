"""What the machine reaches over its network; the outside hears nothing but a knock."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Event
from typing import Final

from appliance.ports import Echo, Lookup
from drivers.host.knock import knock, knock_at, reason

PAUSE: Final = 1.0  # seconds between two knocks


class HostReach:
    """A Linux machine. Implements `Reach`."""

    def lookup(self, host: str) -> Lookup:
        """The addresses of a host."""
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            return Lookup(server_answered=error.errno != socket.EAI_AGAIN, sentence=reason(error))
        except UnicodeError:
            return Lookup(sentence="no name that a name server could know")
        return Lookup(addresses=tuple(dict.fromkeys(str(where[0]) for *_, where in found)))

    def ping(self, address: str, count: int, stop: Event) -> Iterator[Echo]:
        """Knock, a second apart."""
        for sequence in range(1, count + 1):
            yield knock(address, sequence)
            if sequence < count and stop.wait(PAUSE):
                return

    def connect(self, address: str, port: int) -> Echo:
        """Whether a program there takes connections."""
        return knock_at(address, [port], refusal_counts=False)
