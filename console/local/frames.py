"""What goes over the socket: one JSON object a line, both ways.

```text
client                                     server
{"hello": 2}                               {"hello": 2}    or {"refused": "sentence"}
{"line": "meter list"} or {"script": ...}  {"text": "..."} ...
{"login": "anna", "password": "..."}       {"done": {"kind": null, "leave": false}}
{"interrupt": true}
```
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import Any, Final

VERSION: Final = 2
LONGEST: Final = 4 << 20  # octets: a script of 1 MiB, escaped
CHUNK: Final = 65536

Frame = dict[str, Any]


class Garbled(Exception):
    """What came is no frame."""


class Wire:
    """Frames over a connected socket; one thread reads, any may send."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""
        self._lock = threading.RLock()  # a signal's handler may send while its own thread does

    def send(self, frame: Frame) -> None:
        """Send a frame. Raises `OSError` when the other side is gone."""
        octets = json.dumps(frame, ensure_ascii=False).encode(errors="replace") + b"\n"
        with self._lock:
            self._connection.sendall(octets)

    def receive(self) -> Frame | None:
        """The next frame; None when the other side is gone. Raises `Garbled`."""
        while b"\n" not in self._received:
            try:
                octets = self._connection.recv(CHUNK)
            except OSError:  # hung up, here or there
                return None
            if not octets:
                return None
            self._received += octets
            if len(self._received) > LONGEST:
                raise Garbled
        octets, _, self._received = self._received.partition(b"\n")
        try:
            frame = json.loads(octets)
        except (ValueError, RecursionError):
            frame = None
        if not isinstance(frame, dict):
            raise Garbled
        return frame

    def hang_up(self) -> None:
        """From any thread: whoever waits in `receive` on either side is released."""
        with contextlib.suppress(OSError):  # the other side was faster
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up, by the one who uses it."""
        self.hang_up()
        self._connection.close()
