"""TLS on the console's own port: the certificate, and how a client that wants it is told from one that does not.

A TLS client speaks first, a telnet client waits for the server; so the first octet is waited for a moment.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from pathlib import Path
from typing import Final

from appliance.errors import RefusedError
from appliance.settings import Settings

CLIENT_HELLO: Final = b"\x16"
FIRST_OCTET_TIME: Final = 0.3  # seconds
ALIAS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


def context_of(settings: Settings, data_folder: Path) -> ssl.SSLContext | None:
    """With the certificate `DATA/certificates/ALIAS.pem`, which holds its key too; None where TLS is not spoken."""
    if settings.console.tls == "off":
        return None
    alias = settings.tls.certificate
    path = data_folder / "certificates" / f"{alias}.pem"
    if not ALIAS.fullmatch(alias) or not path.exists():
        if settings.console.tls == "required":
            raise RefusedError(f"console.tls is required, but there is no certificate {alias} ({path}).")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    oldest = ssl.TLSVersion.TLSv1_3 if settings.tls.minimum_version == "1.3" else ssl.TLSVersion.TLSv1_2
    context.minimum_version = oldest
    try:
        context.load_cert_chain(path)
    except (OSError, ssl.SSLError) as error:
        raise RefusedError(f"the certificate {alias} ({path}) cannot be used: {error}") from None
    return context


async def speaks_tls(connection: socket.socket) -> bool:
    """Whether the client begins with a TLS greeting; nothing is taken from the connection."""
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    loop.add_reader(connection, came.set)
    try:
        await asyncio.wait_for(came.wait(), FIRST_OCTET_TIME)
        return connection.recv(1, socket.MSG_PEEK) == CLIENT_HELLO
    except (TimeoutError, OSError):
        return False
    finally:
        loop.remove_reader(connection)
