"""All open dashboards: how many at once, one session's stream joined to its application, and what a crash leaves."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from textual.app import App

from appliance.log import clean
from appliance.operations.call import Call
from appliance.operations.parts import Parts
from tui import tuning
from tui.app import ColourSystem, Dashboard, Terminal
from tui.driver import Link, StreamDriver, bounded
from tui.feed import Feed
from tui.text import _

log = logging.getLogger("busmeister.dashboard")

KEYS_WAITING: Final = 65536  # octets typed before the first picture


class Dashboards:
    """Opens dashboards over streams, at most as many as `dashboard.max_clients`."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._feed = Feed(parts)
        self._open: set[Session] = set()

    @property
    def count(self) -> int:
        """Dashboards open now, over all doors."""
        return len(self._open)

    async def run(self, session: Session, call: Call) -> None:
        """Show a dashboard until its person leaves, is gone, or it breaks."""
        most = self.parts.settings.dashboard.max_clients
        if self.count >= most:
            session.tell(_("{} dashboards are open already: close one.").format(most))
            return
        self._open.add(session)
        tuning.session_opened()
        log.info("%s opened a dashboard (%s %s)", call.who, call.door, clean(call.source))
        try:
            await session.show(Dashboard(self._feed, call, sessions=lambda: self.count, **session.facts()))
        finally:
            self._open.discard(session)
            log.info("%s left the dashboard (%s %s)", call.who, call.door, clean(call.source))
            if not self._open:
                tuning.last_session_closed()

    def hang_up(self) -> None:
        """The appliance stops."""
        for session in tuple(self._open):
            session.hang_up()


class Session:
    """One stream with its dashboard; keys that come before the first picture wait."""

    def __init__(self, link: Link, terminal: Terminal, *, stops_appliance: bool = False) -> None:
        self._link = link
        self._terminal = terminal
        self._stops_appliance = stops_appliance
        self._driver: StreamDriver | None = None
        self._waiting = b""
        self._gone = False

    def facts(self) -> Mapping[str, Any]:
        """What the application is told about the stream."""
        return {"terminal": self._terminal, "driver": self._make_driver, "stops_appliance": self._stops_appliance}

    async def show(self, app: Dashboard) -> None:
        """Run it; a mistake of the program ends it with one line."""
        if self._gone:
            return
        await app.run_async(size=bounded(*self._link.size))
        if self._driver is not None:
            self._driver.stop_application_mode()
        if app.return_code:
            self.tell(_("The dashboard made a mistake and was closed; the appliance goes on. The log has its trace."))

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

    def hang_up(self) -> None:
        """The person is gone."""
        self._gone = True
        if self._driver is not None:
            self._driver.hang_up()

    def _make_driver(self, app: App[Any], **named: Any) -> StreamDriver:  # noqa: ANN401  # Textual's own: debug, size
        self._driver = StreamDriver(app, link=self._link, **named)
        if self._waiting:
            self._driver.feed(self._waiting)
            self._waiting = b""
        return self._driver


def terminal_of(term: str, colour: str, *, ascii_only: bool = False, no_color: bool = False) -> Terminal:
    """What a terminal can do, by the client's TERM and COLORTERM."""
    return Terminal(None if no_color else _colours(term, colour), ascii_only)


def _colours(term: str, colour: str) -> ColourSystem | None:
    if colour in ("truecolor", "24bit"):
        return "truecolor"
    if term in ("dumb", "unknown", "vt100", "vt102", "vt220"):
        return None
    return "256" if "256" in term or "kitty" in term or "direct" in term else "standard"
