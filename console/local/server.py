"""The appliance's side of the local socket: one thread accepts, each client has one that listens and one that works."""

from __future__ import annotations

import logging
import queue
import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

from appliance.local_socket import place_socket, remove_socket
from appliance.operations.all import registry
from appliance.operations.line import quote
from appliance.operations.local_peer import call_of, peer_of
from appliance.operations.parts import Parts
from console.local.frames import VERSION, Frame, Garbled, Wire
from console.session import Outcome, Session

log = logging.getLogger("busmeister.console")

CLIENTS_AT_MOST: Final = 8  # that have said hello
BACKLOG: Final = 64
WAITING_LINES: Final = 100
GLANCE: Final = 0.5  # seconds between two looks whether to stop


class LocalConsole:
    """A service: `open` makes the socket, `run` serves until stopped."""

    name = "local console"

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._socket: socket.socket | None = None
        self._path: Path | None = None
        self._clients: set[Client] = set()
        self._seated: set[Client] = set()
        self._lock = threading.Lock()

    def open(self) -> Path:
        """Make the socket; a stale one of an appliance that is gone is replaced."""
        path = place_socket(self._parts.data_folder)
        path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen(BACKLOG)
        listening.settimeout(GLANCE)
        self._socket, self._path = listening, path
        return path

    def run(self, stop: threading.Event) -> None:
        """Accept until `stop` is set."""
        if self._socket is None:
            self.open()
        try:
            while not stop.is_set():
                self._accept()
        finally:
            self.close()

    def close(self) -> None:
        """Hang up on everybody and take the socket away."""
        with self._lock:
            clients, self._clients = set(self._clients), set()
        for client in clients:
            client.close()
        if self._socket is not None and self._path is not None:
            self._socket.close()
            remove_socket(self._path)
            self._socket = None

    def _accept(self) -> None:
        assert self._socket is not None  # opened by run
        try:
            connection, _ = self._socket.accept()
        except TimeoutError:
            return
        connection.settimeout(time_for_hello(self._parts))
        client = Client(self._parts, connection, self)
        with self._lock:
            self._clients.add(client)
        client.start()

    def seat(self, client: Client) -> bool:
        """A place for one more that has said hello."""
        with self._lock:
            full = len(self._seated) >= CLIENTS_AT_MOST
            if not full:
                self._seated.add(client)
        return not full

    def forget(self, client: Client) -> None:
        """It has gone."""
        with self._lock:
            self._clients.discard(client)
            self._seated.discard(client)


class Client:
    """One connected client; the screen of its session. Nobody can be asked, and no window has a width."""

    columns = 80

    def __init__(self, parts: Parts, connection: socket.socket, console: LocalConsole) -> None:
        self._parts = parts
        peer = peer_of(connection)
        self._call = call_of(parts, peer)
        self._connection = connection
        self._wire = Wire(connection)
        self._console = console
        self._visitor = parts.doorkeeper.lobby.enter_locally(peer.user, self._wire.hang_up)
        self._session: Session | None = None
        self._work: queue.Queue[Frame | None] = queue.Queue(WAITING_LINES)

    def start(self) -> None:
        """Serve it on threads of its own."""
        threading.Thread(target=self._listen, name="console-listener", daemon=True).start()

    def refuse(self, sentence: str) -> None:
        """Say why not, and hang up."""
        self._send({"refused": sentence})
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def write(self, line: str) -> None:
        """One line of an answer."""
        self._send({"text": line})

    def conclude(self, line: str) -> None:
        """How an order ended."""
        self.write(line)

    def progress(self, line: str) -> None:
        """Scripts see none."""

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """Nobody answers in a script."""
        return ""

    def _listen(self) -> None:
        try:
            hello = self._wire.receive()
            if hello is None or hello.get("hello") != VERSION:
                self.refuse("This console is of another version than the appliance: use the one it came with.")
                return
            if not self._console.seat(self):
                self.refuse(f"{CLIENTS_AT_MOST} consoles are open already: close one.")
                return
            self._greet()
            while (frame := self._wire.receive()) is not None:
                self._take(frame)
        except Garbled:
            log.info("a console of %s sent something else than frames", self._call.source)
        finally:
            self._leave()

    def _greet(self) -> None:
        self._visitor.logged_in()
        self._connection.settimeout(None)
        sessions, call = self._parts.doorkeeper.sessions, self._call
        entry = sessions.open(call.door, call.source, self.close, user=call.user, level=call.level)
        self._call = replace(call, session=entry)
        session = Session(self._call, registry(), self, plain=True)
        self._session = session
        self._send({"hello": VERSION, "level": self._call.level})
        threading.Thread(target=self._serve, args=(session,), name="console-worker", daemon=True).start()

    def _take(self, frame: Frame) -> None:
        assert self._session is not None  # greeted before
        if "interrupt" in frame:
            self._session.interrupt()
        else:
            try:
                self._work.put_nowait(frame)
            except queue.Full:
                self.refuse("Too many lines were sent without waiting for their answers.")

    def _serve(self, session: Session) -> None:
        while (frame := self._work.get()) is not None:
            outcome = self._run(session, frame)
            self._send({"done": {"kind": outcome.kind, "leave": outcome.leave}})

    def _run(self, session: Session, frame: Frame) -> Outcome:
        if "script" in frame:
            return session.run_script(str(frame["script"]))
        if "login" in frame:
            name, password = quote(str(frame["login"])), quote(str(frame.get("password")))
            return session.run(f"login {name} password={password}")
        return session.run(str(frame.get("line", "")))

    def _leave(self) -> None:
        """The person is gone: what only they looked at ends, their long orders go on."""
        if self._session is not None:
            self._session.hang_up()
        self._wire.close()
        if self._call.session is not None:
            self._parts.doorkeeper.sessions.close(self._call.session)
        self._visitor.leave()
        self._console.forget(self)
        self._work.put(None)

    def _send(self, frame: Frame) -> None:
        try:
            self._wire.send(frame)
        except OSError:
            if self._session is not None:
                self._session.hang_up()


def time_for_hello(parts: Parts) -> float:
    """Seconds a client may be silent at first."""
    return parts.settings.security.login.pre_login_time.total_seconds()
