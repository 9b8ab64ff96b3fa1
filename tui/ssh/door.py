"""The SSH server as the appliance starts it: its library takes a fifth of the start, and no reading waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance.operations.parts import Parts
from tui.sessions import Dashboards

if TYPE_CHECKING:  # see above
    from tui.ssh.channel import OpenConsole
    from tui.ssh.server import SshServer

LISTENING: Final = frozenset({"ssh.enabled", "ssh.listen", "ssh.port"})
"""Settings it is started anew for; the others are read when somebody comes."""


class SshDoor:
    """Loads the server when it is to be opened first."""

    def __init__(self, parts: Parts, dashboards: Dashboards, open_console: OpenConsole) -> None:
        self._given = parts, dashboards, open_console
        self._server: SshServer | None = None

    async def start(self) -> SshServer:
        """Listen on every address of the setting."""
        if self._server is None:
            from tui.ssh.server import SshServer  # see above

            self._server = SshServer(*self._given)
        return await self._server.start()
