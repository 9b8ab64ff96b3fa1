"""The SSH server (settings `ssh.*`)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import asyncssh

from appliance.errors import RefusedError
from appliance.listeners import why_not
from appliance.log import stream
from appliance.operations.call import Call
from appliance.operations.parts import Parts
from appliance.security.host_key import host_key
from tui.sessions import Dashboards
from tui.ssh.channel import Channel, OpenConsole
from tui.ssh.gate import Tries
from tui.ssh.login import Connection
from tui.text import _

log = stream("service.ssh")

PATIENCE: Final = 2.0  # seconds for sessions to end


class SshServer:
    """Made by `start`, ended by `close`."""

    def __init__(
        self,
        parts: Parts,
        dashboards: Dashboards,
        open_console: OpenConsole | None = None,
        *,
        port: int | None = None,  # instead of the setting's; 0 is any free one
    ) -> None:
        self._parts = parts
        self._port = port
        self._dashboards = dashboards
        self._open_console = open_console
        self._tries = Tries(parts.clock.monotonic)
        self._acceptors: list[asyncssh.SSHAcceptor] = []
        self._connections: set[Connection] = set()
        self._channels: set[Channel] = set()

    @property
    def ports(self) -> list[int]:
        """Where it listens."""
        return [acceptor.get_port() for acceptor in self._acceptors]

    async def start(self) -> SshServer:
        """Listen on every address of the setting."""
        settings = self._parts.settings.ssh
        if settings.enabled:
            key = asyncssh.import_private_key(host_key(self._parts.data_folder))
            for address in settings.listen:
                await self._open(str(address), settings.port if self._port is None else self._port, key)
        return self

    async def close(self) -> None:
        """Stop listening, end the sessions and hang up."""
        self._stop_listening()
        channels = tuple(self._channels)
        for channel in channels:
            channel.end(_("SSH is closed or started anew here."))
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(channel.ended() for channel in channels)), PATIENCE)
        for connection in tuple(self._connections):
            connection.close()

    def _stop_listening(self) -> None:
        for acceptor in self._acceptors:
            acceptor.close()
        self._acceptors.clear()

    async def _open(self, address: str, port: int, key: asyncssh.SSHKey) -> None:
        """Listen on one address more, or on none."""
        try:
            self._acceptors.append(await self._listen(address, port, key))
        except OSError as error:
            self._stop_listening()
            raise RefusedError(f"SSH cannot listen on {address}:{port}: {why_not('ssh', port, error)}") from None
        log.info("SSH listens on %s port %d.", address, self.ports[-1])

    async def _listen(self, address: str, port: int, key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            lambda: Connection(self._parts, self._tries, self._session, self._connections),
            address,
            port,
            server_host_keys=[key],
            server_version="busmeister",
            encoding=None,  # octets as they are: a character split over two packets is put together by the driver
            line_editor=False,  # it would eat and echo the keys
            login_timeout=0,  # the connection itself counts, by the settings
            keepalive_interval=30,
            keepalive_count_max=3,
            agent_forwarding=False,
            x11_forwarding=False,
            allow_scp=False,
        )

    def _session(self, call: Call) -> Channel:
        settings, open_now = self._parts.settings.ssh, len(self._channels)
        if open_now >= settings.max_clients:
            log.warning("%s was refused: %d SSH sessions are open already.", call.who, open_now)
            sentence = _("{} SSH sessions are open already: close one.").format(open_now)
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_RESOURCE_SHORTAGE, sentence)
        idle = settings.idle_timeout.total_seconds()
        return Channel(self._dashboards, self._open_console, call, idle, self._channels)
