"""This terminal's side of the local socket."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from appliance.errors import BusmeisterError
from appliance.local_socket import find_socket
from console.local.frames import VERSION, Frame, Garbled, Wire


class NotRunning(BusmeisterError):
    """No appliance answers at this data folder."""


class Terminal(Protocol):
    """Where answers appear."""

    def write(self, line: str) -> None:
        """One line."""

    def progress(self, line: str) -> None:
        """A line that the next one replaces."""

    def ask(self, question: str, *, hidden: bool) -> str:
        """What the person answers, not echoed where `hidden`."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a line ended, as the appliance tells it."""

    kind: str | None
    leave: bool
    prompt: str


class LocalClient:
    """A console of a running appliance."""

    def __init__(self, wire: Wire, terminal: Terminal, prompt: str) -> None:
        self.prompt = prompt
        self._wire = wire
        self._terminal = terminal
        self._ordered = False  # something runs, and may be broken off
        self._broken_off = False

    @classmethod
    def connect(cls, data_folder: Path, terminal: Terminal, *, columns: int, is_terminal: bool) -> LocalClient:
        """Reach the appliance; raises `NotRunning`."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(find_socket(data_folder)))
        except PermissionError as error:
            connection.close()
            raise NotRunning(
                f"The appliance at {data_folder} belongs to another user: ask as that user or root."
            ) from error
        except OSError as error:
            connection.close()
            raise NotRunning(
                f"No appliance runs at {data_folder}: start one with busmeister run, or name its --data."
            ) from error
        wire = Wire(connection)
        with suppress(OSError):  # an appliance that hung up may have said why
            wire.send({"hello": VERSION, "columns": columns, "terminal": is_terminal})
        try:
            greeting = _receive(wire)
        except NotRunning:
            wire.close()
            raise
        return cls(wire, terminal, str(greeting.get("prompt", "")))

    def run(self, line: str) -> Done:
        """Do one line; its answer appears on the terminal."""
        return self._follow({"line": line})

    def run_script(self, text: str) -> Done:
        """Do a whole file."""
        return self._follow({"script": text})

    def resize(self, columns: int) -> None:
        """The window has another width."""
        self._send({"columns": columns})

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def interrupt(self) -> None:
        """Break off what runs; may be called by a signal's handler at any time."""
        self._broken_off = True
        if self._ordered:
            self._send({"interrupt": True})

    def _follow(self, order: Frame) -> Done:
        self._ordered, self._broken_off = False, False
        self._send(order)
        self._ordered = True
        if self._broken_off:
            self._send({"interrupt": True})
        while "done" not in (frame := _receive(self._wire)):
            self._show(frame)
        self._ordered = False
        return self._done(frame["done"])

    def _send(self, frame: Frame) -> None:
        with suppress(OSError):  # what comes back tells that, and why
            self._wire.send(frame)

    def _show(self, frame: Frame) -> None:
        if "text" in frame:
            self._terminal.write(str(frame["text"]))
        elif "progress" in frame:
            self._terminal.progress(str(frame["progress"]))
        elif "ask" in frame:
            self._send({"answer": self._terminal.ask(str(frame["ask"]), hidden=bool(frame.get("hidden")))})

    def _done(self, done: dict[str, Any]) -> Done:
        self.prompt = str(done.get("prompt", ""))
        return Done(done.get("kind"), bool(done.get("leave")), self.prompt)


def _receive(wire: Wire) -> Frame:
    try:
        frame = wire.receive()
    except Garbled:
        raise NotRunning("What answers at the socket is no appliance of this version.") from None
    if frame is None:
        raise NotRunning("The appliance hung up: it stopped, or the connection broke.")
    if "refused" in frame:
        raise NotRunning(str(frame["refused"]))
    return frame
