"""The telnet console on the UI loop: listens as the settings say, lets clients in, serves each in a task of its own."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Final

from appliance.errors import RefusedError
from appliance.operations.parts import Parts
from appliance.security.sources import is_allowed, source_of
from appliance.settings.row import Restarts
from appliance.settings.table import row_of
from console.telnet import auto_off
from console.telnet.auto_off import AutoOff
from console.telnet.encryption import Encrypting
from console.telnet.listening import keep_alive, listen
from console.telnet.visit import Visit

log = logging.getLogger("busmeister.console")

OUT_OF_SOCKETS: Final = 1.0  # seconds until it is tried to accept again
FAREWELL: Final = "Closed: the console begins anew with other settings."
FAREWELL_TIME: Final = 1.0  # seconds in which the answers that are on their way may end


class TelnetConsole:
    """A server of the UI loop; `start` may be called again after `close`."""

    name = "console"

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._listening: list[socket.socket] = []
        self._accepting: list[asyncio.Task[None]] = []
        self._visits: dict[Visit, asyncio.Task[None]] = {}
        self._seated: set[Visit] = set()
        self._encrypting = Encrypting(parts)
        self._auto_off = AutoOff(parts)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changing = asyncio.Lock()
        logging.getLogger("telnetlib3").setLevel(logging.CRITICAL)  # a stranger's nonsense is no matter for our log

    @property
    def ports(self) -> tuple[int, ...]:
        """Where it listens."""
        return tuple(int(one.getsockname()[1]) for one in self._listening)

    async def start(self) -> TelnetConsole:
        """Listen on every address, or on none."""
        self._loop = asyncio.get_running_loop()
        console = self._parts.settings.console
        if self._listening or not console.enabled:
            return self
        self._encrypting.check()
        try:
            for address in console.listen:
                self._listening.append(listen(str(address), console.port))
        except RefusedError:
            self._stop_listening()
            raise
        self._accepting = [asyncio.create_task(self._accept(one)) for one in self._listening]
        self._auto_off.begin()
        return self

    def obey(self, names: frozenset[str]) -> None:
        """Settings have changed; from any thread. What the service is restarted for cuts its clients."""
        if self._loop is None:
            return
        with suppress(RuntimeError):  # the loop has ended
            if any(_restarts(name) for name in names):
                asyncio.run_coroutine_threadsafe(self._restart(), self._loop)
            elif auto_off.SETTING in names:
                self._loop.call_soon_threadsafe(self._begin_auto_off)

    def _begin_auto_off(self) -> None:
        if self._listening:
            self._auto_off.begin()

    async def _restart(self) -> None:
        """End with a farewell; whoever keeps the servers starts it anew, and tries again where it cannot listen."""
        async with self._changing:
            await self._stop_accepting()
            await self._say_farewell()
            await self.close()
        self._parts.restart(self.name)

    async def _say_farewell(self) -> None:
        """Whoever changed the settings still reads that they are changed."""
        for visit in self._visits:
            visit.end(FAREWELL)
        if self._visits:
            await asyncio.wait(self._visits.values(), timeout=FAREWELL_TIME)

    async def close(self) -> None:
        """Stop listening and hang up on everybody."""
        self._auto_off.cancel()
        await self._stop_accepting()
        await asyncio.sleep(0)  # whoever came last has begun, and lets go of the connection when it is cancelled
        await _end(self._visits.values())
        await asyncio.sleep(0)  # transports that were closed let go of their sockets

    async def _stop_accepting(self) -> None:
        await _end(self._accepting)
        self._accepting.clear()
        self._stop_listening()

    def _stop_listening(self) -> None:
        for one in self._listening:
            one.close()
        self._listening.clear()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, peer = await loop.sock_accept(listening)
            except OSError as error:
                log.warning("the console cannot take a connection: %s", error)
                await asyncio.sleep(OUT_OF_SOCKETS)
            else:
                self._admit(connection, str(peer[0]))

    def _admit(self, connection: socket.socket, peer: str) -> None:
        """Serve a connection that may come in; hang up on another before a word is said."""
        source = source_of(peer)
        allowed = is_allowed(source, self._parts.settings.console.allow)
        visitor = self._parts.doorkeeper.lobby.enter(source, partial(_hang_up, connection)) if allowed else None
        if visitor is None:
            connection.close()
            return
        keep_alive(connection)
        visit = Visit(self._parts, source, visitor, encrypting=self._encrypting, seat=lambda: self._seat(visit))
        task = asyncio.create_task(visit.run(connection))
        self._visits[visit] = task
        task.add_done_callback(lambda _: self._forget(visit))

    def _seat(self, visit: Visit) -> bool:
        """A place for one more who has logged in."""
        if len(self._seated - {visit}) >= self._parts.settings.console.max_clients:
            return False
        self._seated.add(visit)
        return True

    def _forget(self, visit: Visit) -> None:
        self._visits.pop(visit, None)
        self._seated.discard(visit)


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _restarts(name: str) -> bool:
    return name.startswith(("console.", "tls.")) and row_of(name).setting.restarts is Restarts.SERVICE


def _hang_up(connection: socket.socket) -> None:
    """From any thread; whoever serves the connection sees its end."""
    with suppress(OSError):  # it has ended already
        connection.shutdown(socket.SHUT_RDWR)
