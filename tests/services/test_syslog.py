"""Log entries on their way to a syslog server, over real sockets."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from appliance.errors import SettingError
from appliance.log import Entry, Severity, stream
from appliance.security.certificates import KeyStore
from appliance.services import syslog
from appliance.services.syslog import Server, Syslog, SyslogHandler, counted, cut, message
from appliance.settings.subjects.storage import SyslogProtocol
from tests.operations.world import World

PATIENCE = 10.0
ENTRY = Entry(datetime(2026, 11, 21, 6, tzinfo=UTC), Severity.WARNING, "bus", "segment main: no answer, 21 °C")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        yield server


def handler(port: int, protocol: SyslogProtocol, context: ssl.SSLContext | None = None) -> SyslogHandler:
    make = ssl.create_default_context if context is None else lambda: context
    server = Server("127.0.0.1", port, protocol)
    return SyslogHandler(server, lambda: Severity.WARNING, lambda: "boiler room", make)


def one(connection: socket.socket) -> bytes:
    """The next entry of a stream."""
    length = b""
    while not length.endswith(b" "):
        length += connection.recv(1)
    text = b""
    while len(text) < int(length):
        text += connection.recv(int(length) - len(text))
    return text


def test_entry_is_written_as_the_standard_says() -> None:
    assert message(ENTRY, "boiler room", 312).decode() == (
        "<28>1 2026-11-21T06:00:00.000000Z boiler_room busmeister 312 bus - \ufeffsegment main: no answer, 21 °C"
    )
    assert counted(b"abc") == b"3 abc"


def test_datagram_is_cut_between_two_letters() -> None:
    assert cut("°°°".encode(), 5) == "°°".encode()


def test_entries_from_the_severity_on_come_by_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(PATIENCE)
        sender = handler(server.getsockname()[1], SyslogProtocol.UDP)
        stream("bus").info("quiet")
        stream("bus").error("short circuit")
        text = server.recv(4096).decode()
        sender.close()
    assert re.fullmatch(r"<27>1 \S+Z boiler_room busmeister \d+ bus - \ufeffshort circuit", text)


def test_line_that_broke_is_opened_again_and_nothing_after_it_is_lost(listener: socket.socket) -> None:
    sender = handler(listener.getsockname()[1], SyslogProtocol.TCP)
    stream("bus").error("first\nof two")
    first, _ = listener.accept()
    first.settimeout(PATIENCE)
    assert one(first).endswith(b"first\\nof two")
    first.close()
    stream("bus").error("second")
    again, _ = listener.accept()
    again.settimeout(PATIENCE)
    assert one(again).endswith(b"second")
    again.close()
    sender.close()


def test_server_is_known_by_its_certificate(listener: socket.socket, tmp_path: Path) -> None:
    store = KeyStore(tmp_path, SystemClock())  # the peer knows no other
    store.make("syslog", ("127.0.0.1",), timedelta(days=3650))
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(store.path("syslog"))
    sender = handler(
        listener.getsockname()[1], SyslogProtocol.TLS, ssl.create_default_context(cafile=store.path("syslog"))
    )
    stream("bus").error("short circuit")
    plain, _ = listener.accept()
    plain.settimeout(PATIENCE)
    with ours.wrap_socket(plain, server_side=True) as connection:
        assert one(connection).endswith(b"short circuit")
    sender.close()


def test_whoever_logs_never_waits_and_the_server_hears_what_is_missing(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = threading.Event()
    monkeypatch.setattr(syslog, "WAITING", 3)
    monkeypatch.setattr(SyslogHandler, "_connect", lambda self: opened.wait(PATIENCE) and connect(self._server))
    sender = handler(listener.getsockname()[1], SyslogProtocol.TCP)
    for number in range(10):
        stream("bus").error("entry %d", number)
    opened.set()
    connection, _ = listener.accept()
    connection.settimeout(PATIENCE)
    assert one(connection).endswith(b"entry 0")
    assert re.search(rb"[67] log entries are missing here\.$", one(connection))
    connection.close()
    sender.close()


def connect(server: Server) -> socket.socket:
    return socket.create_connection((server.host, server.port), PATIENCE)


def test_settings_choose_the_server_and_another_one_begins_anew(world: World, listener: socket.socket) -> None:
    with pytest.raises(SettingError, match=r"together with log\.syslog\.server"):
        world.settings.set({"log.syslog.enabled": "true"}, "test")
    wanted = {
        "log.syslog.enabled": "true",
        "log.syslog.server": "127.0.0.1",
        "log.syslog.protocol": "tcp",
        "log.syslog.port": str(listener.getsockname()[1]),
    }
    sender = Syslog(world.settings, lambda: "house")
    sender.obey(one.name for one in world.settings.set(wanted, "test"))
    stream("bus").warning("settings count")
    connection, _ = listener.accept()
    connection.settimeout(PATIENCE)
    assert one(connection).endswith(b"settings count")
    sender.obey(one.name for one in world.settings.set({"log.syslog.enabled": "false"}, "test"))
    assert connection.recv(1) == b""
    connection.close()
    sender.close()
