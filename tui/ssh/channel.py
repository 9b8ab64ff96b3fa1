"""One session: a dashboard, or the console where `console` was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncssh

from appliance.log import stream
from appliance.operations.call import Call
from tui.sessions import Dashboards, Session
from tui.terminal import Size, bounded, terminal_of
from tui.text import _

log = stream("service.ssh")

CONSOLE: Final = "console"


class Channel(asyncssh.SSHServerSession[bytes]):
    """The channel of a session, and what the driver or the console need of it."""

    def __init__(
        self,
        dashboards: Dashboards,
        open_console: OpenConsole | None,
        call: Call,
        idle: float,
        channels: set[Channel],
    ) -> None:
        self.terminal = ""
        self.is_terminal = False
        self.congested = False
        self.order = ""  # of a terminal: its questions and pages are answered by keys
        self._dashboards = dashboards
        self._open_console = open_console
        self._call = call
        self._idle = idle
        self._channels = channels  # those that are open
        self._size = Size(80, 24)
        self._session: Session | None = None
        self._wants_console = False
        self._status = 0  # of the exit, as for a command
        self._typed: asyncio.Queue[bytes] = asyncio.Queue()
        self._resized: Callable[[], None] = lambda: None
        self._free = asyncio.Event()
        self._free.set()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def size(self) -> Size:
        """Of the window now."""
        return self._size

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """The channel is open."""
        self._channel = chan
        self._channels.add(self)

    def pty_requested(self, term_type: str, term_size: tuple[int, int, int, int], term_modes: Any) -> bool:  # noqa: ANN401  # asyncssh's own
        """A terminal is there."""
        self.is_terminal, self.terminal = True, term_type or ""
        self._size = Size(*bounded(term_size[0], term_size[1]))
        return True

    def shell_requested(self) -> bool:
        """The dashboard; it needs a terminal."""
        return self.is_terminal

    def exec_requested(self, command: str) -> bool:
        """The console, and nothing else; words after it are its only line."""
        name, _, words = command.strip().partition(" ")
        self._wants_console = name == CONSOLE and self._open_console is not None
        if self.is_terminal:
            self.order = words
        elif words:
            self._typed.put_nowait(f"{words}\n".encode())
            self.eof_received()
        return self._wants_console

    def session_started(self) -> None:
        """Serve it in a task of its own."""
        self._restart_timer()
        self._task = asyncio.create_task(self._serve(), name="ssh session")

    def data_received(self, data: bytes, datatype: Any) -> None:  # noqa: ANN401  # asyncssh's own
        """Keys."""
        self._restart_timer()
        if self._session is not None:
            self._session.feed(data)
        else:
            self._typed.put_nowait(data)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """The window has another size."""
        self._size = Size(*bounded(width, height))
        if self._session is not None:
            self._session.resize(*self._size)
        self._resized()

    def pause_writing(self) -> None:
        """The client does not keep up."""
        self.congested = True
        self._free.clear()

    def resume_writing(self) -> None:
        """It does again."""
        self.congested = False
        self._free.set()
        if self._session is not None:
            self._session.caught_up()

    def eof_received(self) -> bool:
        """No more will be typed; what is asked is still answered."""
        self._typed.put_nowait(b"")
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The person is gone."""
        self._channels.discard(self)
        self._free.set()
        self._typed.put_nowait(b"")
        if self._timer is not None:
            self._timer.cancel()
        if self._session is not None:
            self._session.hang_up()
        elif self._task is not None:
            self._task.cancel()  # what the console follows would else go on for nobody

    def on_resize(self, callback: Callable[[], None]) -> None:
        """For the console."""
        self._resized = callback

    async def read(self) -> bytes:
        """For the console: the next octets typed; empty at the end."""
        return await self._typed.get()

    def write(self, octets: bytes) -> None:
        """Send; nothing happens once the client is gone."""
        if not self._channel.is_closing():
            self._channel.write(octets)

    async def drain(self) -> None:
        """Wait until the client has taken most of what was written, or is gone."""
        await self._free.wait()

    def fail(self) -> None:
        """A line of the console ended in ERROR: whoever waits for the end is told."""
        self._status = 1

    def close(self) -> None:
        """Hang up."""
        if not self._channel.is_closing():
            self._channel.exit(self._status)

    def end(self, sentence: str) -> None:
        """The appliance ends the session and says why; the terminal is given back before."""
        if self._session is not None:
            self._session.end(sentence)
        else:
            self.write(f"\r\n{sentence}\r\n".encode())
            self.close()

    async def ended(self) -> None:
        """Wait until nobody is served any more."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _serve(self) -> None:
        try:
            if self._wants_console and self._open_console is not None:
                await self._open_console(self, self._call)
            else:
                colour = str(self._channel.get_environment().get("COLORTERM", ""))
                self._session = Session(self, terminal_of(self.terminal, colour))
                await self._dashboards.run(self._session, self._call)
        except Exception:  # one session's mistake ends that session alone
            log.exception("An SSH session of %s ended by a mistake of the program.", self._call.who)
        finally:
            self.close()

    def _restart_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._idle, self._expire)

    def _expire(self) -> None:
        log.info("A silent session of %s was closed.", self._call.who)
        self.end(_("Nothing was typed for a while: closed."))


OpenConsole = Callable[[Channel, Call], Awaitable[None]]
"""Serves the console over a channel until either side ends."""
