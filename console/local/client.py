"""The side of the local socket that gives commands: a script, a pipe, the command line."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import BusmeisterError
from appliance.local_socket import find_socket
from console.local.frames import VERSION, Frame, Garbled, Wire


class NotRunning(BusmeisterError):
    """No appliance answers at this data folder."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a line ended, as the appliance tells it."""

    kind: str | None
    leave: bool


class LocalClient:
    """A console of a running appliance."""

    def __init__(self, wire: Wire, write: Callable[[str], None]) -> None:
        self._wire = wire
        self._write = write  # takes each line of an answer
        self.broken_off = False  # what ran last
        self._ordered = False  # something runs, and may be broken off

    @classmethod
    def connect(cls, data_folder: Path, write: Callable[[str], None]) -> LocalClient:
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
            wire.send({"hello": VERSION})
        try:
            _receive(wire)
        except NotRunning:
            wire.close()
            raise
        return cls(wire, write)

    def run(self, line: str) -> Done:
        """Do one line."""
        return self._follow({"line": line}, self._write)

    def log_in(self, user: str, password: str) -> Done:
        """Be somebody else from now on; only a refusal is worth a line."""
        said: list[str] = []
        done = self._follow({"login": user, "password": password}, said.append)
        for line in said if done.kind else ():
            self._write(line)
        return done

    def run_script(self, text: str) -> Done:
        """Do a whole file."""
        return self._follow({"script": text}, self._write)

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def interrupt(self) -> None:
        """Break off what runs; may be called by a signal's handler at any time."""
        self.broken_off = True
        if self._ordered:
            self._send({"interrupt": True})

    def _follow(self, order: Frame, write: Callable[[str], None]) -> Done:
        self._ordered, self.broken_off = False, False
        self._send(order)
        self._ordered = True
        if self.broken_off:
            self._send({"interrupt": True})
        while "done" not in (frame := _receive(self._wire)):
            write(str(frame.get("text", "")))
        self._ordered = False
        done = frame["done"]
        return Done(done.get("kind"), bool(done.get("leave")))

    def _send(self, frame: Frame) -> None:
        with suppress(OSError):  # what comes back tells that, and why
            self._wire.send(frame)


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
