"""All open dashboards: how many at once, one session's stream joined to its application, and what a crash leaves.

Textual is loaded a little after the start, or with the first dashboard if that is earlier: who starts the appliance
waits for it in neither case.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from appliance.log import escaped
from appliance.operations.call import Call
from appliance.operations.parts import Parts
from tui import tuning
from tui.terminal import Link, Terminal, bounded
from tui.text import _, plural

if TYPE_CHECKING:
    from textual.app import App

    from tui.app import Dashboard
    from tui.driver import StreamDriver
    from tui.feed import Feed

log = logging.getLogger("busmeister.dashboard")

LOADED_AFTER: Final = 3.0  # seconds from the start
KEYS_WAITING: Final = 65536  # octets typed before the first picture
CALM: Final = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_FPS": "15", "TEXTUAL_COLOR_SYSTEM": "truecolor"}
"""Read by Textual when it is loaded: nothing moves by itself."""


class Dashboards:
    """Opens dashboards over streams, at most as many as `dashboard.max_clients`."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._feed: Feed | None = None
        self._open: dict[Session, str] = {}  # with the door it came by
        self._disturbed: set[str] = set()  # people whose dashboard made a mistake, until they open another

    @property
    def count(self) -> int:
        """Dashboards open now, over all doors."""
        return len(self._open)

    def warm_up(self) -> None:
        """Load what a first picture needs, soon, so that whoever comes first need not wait for it."""
        loop = asyncio.get_running_loop()
        loop.call_later(LOADED_AFTER, loop.run_in_executor, None, _load)

    async def run(self, session: Session, call: Call) -> None:
        """Show a dashboard until its person leaves, is gone, or it breaks."""
        most = self.parts.settings.dashboard.max_clients
        if self.count >= most:
            words = plural(
                "{} dashboard is open already: close it.", "{} dashboards are open already: close one.", most
            )
            session.tell(words.format(most))
            return
        loop, sessions = asyncio.get_running_loop(), self.parts.doorkeeper.sessions
        log_out = partial(_soon, loop, partial(session.end, _("You were logged out.")))
        entry = sessions.open(call.door, call.source, log_out, user=call.user, level=call.level)
        self._open[session] = call.door
        tuning.session_opened()
        log.info("%s opened a dashboard (%s %s)", call.who, call.door, escaped(call.source))
        try:
            app = await self._make(session, replace(call, session=entry))
            await session.show(app)
            if app.return_code:
                self._disturbed.add(call.who)
        finally:
            del self._open[session]
            sessions.close(entry)
            log.info("%s left the dashboard (%s %s)", entry.user or call.who, call.door, escaped(call.source))
            if not self._open:
                tuning.last_session_closed()

    async def _make(self, session: Session, call: Call) -> Dashboard:
        await asyncio.to_thread(_load)  # slow the first time, and the loop serves others
        from tui.app import Dashboard
        from tui.feed import Feed

        self._feed = self._feed or Feed(self.parts)
        remark = _("The dashboard made a mistake and was closed; the log has its trace.")
        app = Dashboard(self._feed, call, sessions=lambda: self.count, **session.facts())
        app.remark = remark if call.who in self._disturbed else ""
        self._disturbed.discard(call.who)
        return app

    def end(self, door: str, sentence: str) -> None:
        """The door closes: its dashboards end, and say why."""
        for session, came_by in tuple(self._open.items()):
            if came_by == door:
                session.end(sentence)


def _soon(loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
    """From any thread."""
    with suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(act)


def _load() -> None:
    """Textual with the first screen."""
    os.environ.update(CALM)
    for name in ("tui.app", "tui.driver", "tui.screens.overview"):
        importlib.import_module(name)


class Session:
    """One stream with its dashboard; keys that come before the first picture wait."""

    def __init__(self, link: Link, terminal: Terminal, *, stops_appliance: bool = False) -> None:
        self._link = link
        self._terminal = terminal
        self._stops_appliance = stops_appliance
        self._driver: StreamDriver | None = None
        self._waiting = b""
        self._gone = False
        self._farewell = ""

    def facts(self) -> Mapping[str, Any]:
        """What the application is told about the stream."""
        return {"terminal": self._terminal, "driver": self._make_driver, "stops_appliance": self._stops_appliance}

    async def show(self, app: Dashboard) -> None:
        """Run it; a mistake of the program ends it with one line."""
        if self._gone:
            return
        try:
            await app.run_async(size=bounded(*self._link.size))
        finally:
            if self._driver is not None:
                self._driver.stop_application_mode()
        if app.return_code:
            self.tell(_("The dashboard made a mistake and was closed; the appliance goes on. The log has its trace."))
        elif self._farewell:
            self.tell(self._farewell)

    def tell(self, sentence: str) -> None:
        """One line outside of the dashboard."""
        self._link.write(f"{sentence}\r\n".encode())

    def feed(self, octets: bytes) -> None:
        """Keys and mouse."""
        if self._driver is not None:
            self._driver.feed(octets)
        elif len(self._waiting) < KEYS_WAITING:
            self._waiting += octets

    def resize(self, columns: int, rows: int) -> None:
        """The window has another size."""
        if self._driver is not None:
            self._driver.resize(columns, rows)

    def caught_up(self) -> None:
        """The stream takes frames again."""
        if self._driver is not None:
            self._driver.caught_up()

    def end(self, sentence: str) -> None:
        """The appliance ends it; the terminal is given back, then the person is told why."""
        self._farewell = sentence
        if self._driver is not None:
            self._driver.end()
        else:
            self._gone = True

    def hang_up(self) -> None:
        """The person is gone."""
        self._gone = True
        if self._driver is not None:
            self._driver.hang_up()

    def _make_driver(self, app: App[Any], **named: Any) -> StreamDriver:  # noqa: ANN401  # Textual's own: debug, size
        from tui.driver import StreamDriver

        self._driver = StreamDriver(app, link=self._link, **named)
        if self._waiting:
            self._driver.feed(self._waiting)
            self._waiting = b""
        return self._driver
