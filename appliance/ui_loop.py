"""The UI loop: one thread with one asyncio loop for everything people look at, apart from the threads that read meters.

Servers for people (telnet, SSH, the dashboard's local socket) are added before the appliance starts. What one of them
cannot do (a port that is taken) is said and tried again; it keeps no other from starting.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, Protocol

from appliance.errors import BusmeisterError
from appliance.log import stream

log = stream("service.ui")

AGAIN_AFTER: Final = 30.0  # seconds until a server that could not start is tried again


class Server(Protocol):
    """What listens on the loop."""

    async def close(self) -> None:
        """Stop listening and end its sessions."""


Start = Callable[[], Awaitable[Server]]


class UiLoop:
    """A service: runs every server that was added until it is stopped."""

    name = "ui"

    def __init__(self) -> None:
        self._starts: dict[str, Start] = {}
        self._anew: dict[str, asyncio.Event] = {}  # servers to be started anew
        self._loop: asyncio.AbstractEventLoop | None = None
        self.troubles: dict[str, str] = {}  # servers that do not run, and why

    def add(self, name: str, start: Start) -> None:
        """A server to run; before the loop does."""
        self._starts[name] = start

    def __contains__(self, name: str) -> bool:
        return name in self._starts

    def restart(self, name: str) -> None:
        """Start a server anew: what it listens by has changed. From any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._anew[name].set)

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop`."""
        asyncio.run(self._serve(stop))

    async def _serve(self, stop: threading.Event) -> None:
        self._anew = {name: asyncio.Event() for name in self._starts}
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(tell)
        tasks = [asyncio.create_task(self._keep(name, start)) for name, start in self._starts.items()]
        await asyncio.to_thread(stop.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, name: str, start: Start) -> None:
        """Start one server, again and again until it runs, and anew when told; close it when this is cancelled."""
        while True:
            server = await self._started(name, start)
            try:
                await self._anew[name].wait()
            finally:
                await server.close()

    async def _started(self, name: str, start: Start) -> Server:
        while True:
            self._anew[name].clear()
            try:
                server = await start()
            except (OSError, BusmeisterError) as error:
                if self.troubles.get(name) != str(error):
                    log.error("%s does not run: %s", name, error)
                self.troubles[name] = str(error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._anew[name].wait(), AGAIN_AFTER)
            else:
                if self.troubles.pop(name, None):
                    log.info("%s runs again.", name)
                return server


def tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody awaited has failed: that goes to the log, and the loop goes on."""
    log.error("%s", context["message"], exc_info=context.get("exception"))
