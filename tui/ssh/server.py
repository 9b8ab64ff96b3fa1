"""The SSH server (settings `ssh.*`)."""

from __future__ import annotations

import asyncssh

from appliance.log import stream
from appliance.operations.call import Call
from appliance.operations.parts import Parts
from tui.sessions import Dashboards
from tui.ssh.channel import Channel, OpenConsole
from tui.ssh.gate import Tries
from tui.ssh.host_key import host_key
from tui.ssh.login import Connection

log = stream("service.ssh")


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
        self._sessions = 0

    @property
    def ports(self) -> list[int]:
        """Where it listens."""
        return [acceptor.get_port() for acceptor in self._acceptors]

    async def start(self) -> SshServer:
        """Listen on every address of the setting."""
        settings = self._parts.settings.ssh
        if settings.enabled:
            key = host_key(self._parts.data_folder)
            for address in settings.listen:
                port = settings.port if self._port is None else self._port
                self._acceptors.append(await self._listen(str(address), port, key))
                log.info("SSH listens on %s port %d.", address, self.ports[-1])
        return self

    async def close(self) -> None:
        """Stop listening and end the sessions."""
        for acceptor in self._acceptors:
            acceptor.close()
        self._dashboards.hang_up()

    async def _listen(self, address: str, port: int, key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            lambda: Connection(self._parts, self._tries, self._session),
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

    def _session(self, call: Call) -> Channel | None:
        settings = self._parts.settings.ssh
        if self._sessions >= settings.max_clients:
            log.warning("%s was refused: %d SSH sessions are open already.", call.who, self._sessions)
            return None
        self._sessions += 1
        return Channel(self._dashboards, self._open_console, call, settings.idle_timeout.total_seconds(), self._ended)

    def _ended(self) -> None:
        self._sessions -= 1
