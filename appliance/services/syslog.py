"""Sends entries of the log to a syslog server: RFC 5424, over UDP, over TCP (RFC 6587) and TLS (RFC 5425) with lengths.

```text
<28>1 2026-11-21T06:00:00.000000Z boiler-room busmeister 312 bus - BOM segment main: no answer
```
Whoever logs never waits: entries stand in a bounded queue, what finds no place is counted and told.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from appliance.log import JOURNALD_PRIORITIES, ROOT, Entry, Severity, entry_of, stream
from appliance.settings import Settings
from appliance.settings.subjects.storage import SyslogProtocol

log = stream("service.syslog")

DAEMON: Final = 3  # facility
LONGEST_DATAGRAM: Final = 2048  # octets every receiver should take
PATIENCE: Final = 10.0  # seconds for a connection, and for a server to take an entry
PAUSES: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # seconds between attempts
WAITING: Final = 1000  # entries
SEVERITY: Final = "log.syslog.severity"
BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Server:
    """Where entries go."""

    host: str
    port: int
    protocol: SyslogProtocol


def message(entry: Entry, host: str, process: int) -> bytes:
    """An entry as RFC 5424 writes it."""
    priority = DAEMON * 8 + JOURNALD_PRIORITIES[entry.severity]
    time = f"{entry.created:%Y-%m-%dT%H:%M:%S.%fZ}"
    head = f"<{priority}>1 {time} {_word(host, 255)} {ROOT} {process} {_word(entry.source, 32)} - "
    return head.encode("ascii") + BOM + entry.message.encode(errors="replace")


def counted(octets: bytes) -> bytes:
    """With its length before it, as streams need it."""
    return f"{len(octets)} ".encode("ascii") + octets


def cut(octets: bytes, longest: int = LONGEST_DATAGRAM) -> bytes:
    """No longer than a datagram may be, and still UTF-8."""
    return octets if len(octets) <= longest else octets[:longest].decode(errors="ignore").encode()


def _word(text: str, longest: int) -> str:
    """Printable ASCII without blanks; `-` for nothing."""
    return re.sub(r"[^!-~]", "_", text)[:longest] or "-"


class SyslogHandler(logging.Handler):
    """Hands entries to a thread of its own, which sends them, for as long as it takes."""

    def __init__(
        self,
        server: Server,
        severity: Callable[[], Severity],
        host: Callable[[], str],
        make_context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        super().__init__()
        self._server = server
        self._severity = severity
        self._host = host
        self._make_context = make_context
        self._entries: queue.Queue[Entry | None] = queue.Queue(WAITING)
        self._dropped = 0
        self._ends = threading.Event()
        self._socket: socket.socket | None = None
        self.trouble = ""  # why nothing can be sent now
        self._thread = threading.Thread(target=self._send_all, name="syslog", daemon=True)
        self._thread.start()
        logging.getLogger(ROOT).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if threading.current_thread() is self._thread or Severity.of(record.levelno) < self._severity():
            return
        try:
            self._entries.put_nowait(entry_of(record))
        except queue.Full:
            self._dropped += 1

    def close(self) -> None:
        """Send no more; what waits is on standard error and in the journal."""
        logging.getLogger(ROOT).removeHandler(self)
        self._ends.set()
        with contextlib.suppress(queue.Full):
            self._entries.put_nowait(None)
        self._thread.join(PATIENCE)
        super().close()

    def _send_all(self) -> None:
        while (entry := self._entries.get()) is not None and not self._ends.is_set():
            self._send_in_the_end(message(entry, self._host(), os.getpid()))
            if dropped := self._dropped:
                self._dropped -= dropped
                lost = Entry(entry.created, Severity.WARNING, "log", f"{dropped} log entries are missing here.")
                self._send_in_the_end(message(lost, self._host(), os.getpid()))
        self._hang_up()

    def _send_in_the_end(self, octets: bytes) -> None:
        """However often it takes; the log hears of the first failure and of the end of them."""
        attempts = 0
        while not self._ends.is_set():
            try:
                self._send(octets)
            except OSError as error:
                self._hang_up()
                if not self.trouble:
                    self.trouble = f"{self._server.host}:{self._server.port} takes no log entries: {error}"
                    log.warning("%s. It is tried again.", self.trouble)
                self._ends.wait(PAUSES[min(attempts, len(PAUSES) - 1)])
                attempts += 1
            else:
                if self.trouble:
                    self.trouble = ""
                    log.info("%s:%d takes log entries again.", self._server.host, self._server.port)
                return

    def _send(self, octets: bytes) -> None:
        if self._socket is not None and self._server.protocol is not SyslogProtocol.UDP and _is_over(self._socket):
            self._hang_up()
        if self._socket is None:
            self._socket = self._connect()
        if self._server.protocol is SyslogProtocol.UDP:
            self._socket.send(cut(octets))
        else:
            self._socket.sendall(counted(octets))

    def _connect(self) -> socket.socket:
        server = self._server
        if server.protocol is SyslogProtocol.UDP:
            family, kind, _, _, address = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_DGRAM)[0]
            found = socket.socket(family, kind)
            found.connect(address)
            return found
        found = socket.create_connection((server.host, server.port), PATIENCE)
        if server.protocol is SyslogProtocol.TCP:
            return found
        try:
            return self._make_context().wrap_socket(found, server_hostname=server.host)
        except BaseException:
            found.close()
            raise

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Syslog:
    """The handler that the settings ask for."""

    def __init__(self, settings: Settings, host: Callable[[], str] = socket.gethostname) -> None:
        self._settings = settings
        self._host = host
        self._handler: SyslogHandler | None = None
        self._begin()

    @property
    def trouble(self) -> str:
        """Why nothing can be sent now; empty where all is well."""
        return self._handler.trouble if self._handler else ""

    def obey(self, names: Iterable[str]) -> None:
        """Another server begins anew; another severity holds at once."""
        if any(name.startswith("log.syslog.") and name != SEVERITY for name in names):
            self.close()
            self._begin()

    def close(self) -> None:
        """Send no more."""
        if self._handler is not None:
            self._handler.close()
            self._handler = None

    def _begin(self) -> None:
        rows = self._settings.log.syslog
        if rows.enabled and rows.server:
            server = Server(rows.server, rows.port, rows.protocol)
            self._handler = SyslogHandler(server, self._lowest, self._host)

    def _lowest(self) -> Severity:
        return Severity[self._settings.log.syslog.severity.name]


def _is_over(connection: socket.socket) -> bool:
    """Whether the server has hung up; it has nothing to say otherwise."""
    connection.settimeout(0)
    try:
        return connection.recv(1024) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(PATIENCE)
