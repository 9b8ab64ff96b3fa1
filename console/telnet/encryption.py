"""TLS on the console's own port: whether it is spoken, and how a client that wants it is told from one that does not.

A TLS client and a pipe speak first, a telnet client waits for the server; so the first octet is waited for a moment.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from typing import Final

from appliance.errors import RefusedError
from appliance.operations.certificates import tls_terms
from appliance.operations.parts import Parts
from appliance.security.tls import ServerTls
from appliance.settings.subjects.console import Encryption

log = logging.getLogger("busmeister.console")

CLIENT_HELLO: Final = b"\x16"
FIRST_OCTET_TIME: Final = 0.3  # seconds


class Encrypting:
    """What `console.tls` and `tls.*` say, for one connection after the other."""

    def __init__(self, parts: Parts) -> None:
        self._settings = parts.settings
        self._tls = ServerTls(parts.certificates, parts.clock, lambda: tls_terms(parts.settings))
        self._trouble = ""

    @property
    def is_required(self) -> bool:
        """Plain text is refused."""
        return self._settings.console.tls is Encryption.REQUIRED

    def check(self) -> None:
        """Before anybody is let in: raises `RefusedError` where TLS is required and cannot be spoken."""
        if self.is_required:
            self._tls.context()
        else:
            self.context()

    def context(self) -> ssl.SSLContext | None:
        """None where TLS is not spoken; why it cannot be is logged once."""
        if self._settings.console.tls is Encryption.OFF:
            return None
        try:
            context = self._tls.context()
        except RefusedError as error:
            if self._trouble != error.sentence:
                log.warning("the console speaks no TLS: %s", error)
            self._trouble = error.sentence
            return None
        self._trouble = ""
        return context


async def first_octet(connection: socket.socket) -> bytes:
    """What the client begins with, left in the connection; empty where it waits for us."""
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    loop.add_reader(connection, came.set)
    try:
        await asyncio.wait_for(came.wait(), FIRST_OCTET_TIME)
        return connection.recv(1, socket.MSG_PEEK)
    except (TimeoutError, OSError):
        return b""
    finally:
        loop.remove_reader(connection)
