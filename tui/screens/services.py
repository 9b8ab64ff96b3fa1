"""What runs, and who can reach it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from appliance.operations.exposure import Opening, openings
from appliance.operations.line import quote
from appliance.operations.services import OFF, Reach, Service, Services, Session, services
from appliance.operations.times import ago
from tui.draw import EMPTY, Line, Piece, fit, joined, line, marked
from tui.screens.choose import Choice, Choose
from tui.screens.page import Page
from tui.shown import when
from tui.text import _, plural
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table
from tui.words import FLAG, OK, PASSIVE, SILENT, Mark

TROUBLED: Final = ("waiting", "failed")
COLUMNS: Final = (
    Column("mark", 1, "", gap=1),
    Column("service", 16, _("service")),
    Column("state", 8, _("state")),
    Column("kind", 6, _("kind")),
    Column("port", 5, _("port"), right=True),
    Column("listens", 16, _("listens on")),
    Column("open", 9, _("open to")),
    Column("clients", 7, _("clients"), right=True),
    Column("since", 6, _("since"), right=True),
    Column("note", 20, _("note"), most=200),
)
COMPACT: Final = (
    Column("mark", 1, "", gap=1),
    Column("service", 13, _("service"), gap=1),
    Column("state", 8, _("state"), gap=1),
    Column("kind", 6, _("kind"), gap=1),
    Column("port", 5, _("port"), right=True),
    Column("open", 8, _("open to"), gap=1),
    Column("note", 20, _("note"), most=200),
)


class ServicesPage(Page):
    """Services above; the chosen one, who is here, and what a stranger can reach below."""

    name_of_tab = "services"
    purpose = _("What runs, what listens, who is here, and what a stranger could reach.")
    CSS_PATH = "services.tcss"
    period = 2.0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "settings", _("settings"), id="services.settings"),
        Binding("space", "switch", _("on / off"), id="services.switch"),
        Binding("l", "log", _("its log"), id="services.log"),
        Binding("x", "exposure", _("exposure"), id="services.exposure"),
        Binding("c", "clients", _("clients"), id="services.clients"),
        Binding("K", "log_out", _("end sessions"), id="services.log-out"),
    ]
    levels: ClassVar[dict[str, int]] = {"switch": 3, "log_out": 3}

    def __init__(self) -> None:
        super().__init__()
        self.view = Services((), ())
        self.openings: Mapping[str, Opening] = {}

    def body(self) -> ComposeResult:
        yield Lines(EMPTY, id="verdict")
        yield Pane(Table(COLUMNS, id="services", shows_cursor=True), title=_("Services"), id="services-pane")
        with Horizontal(id="below"):
            with Vertical(id="chosen"):
                yield Pane(Lines(id="service"), id="service-pane")
                yield Pane(Lines(id="sessions"), id="sessions-pane")
            yield Pane(Lines(id="exposure"), id="exposure-pane")

    def on_mount(self) -> None:
        """The services have the focus."""
        self.query_one("#services", Table).focus()

    async def load(self) -> None:
        """As they are now."""
        self.view = await self.ask(services)
        self.openings = await self.ask(openings)
        table, compact = self.query_one("#services", Table), self.dashboard.compact
        table.set_columns(COMPACT if compact else COLUMNS)
        table.show([self._row(one, compact=compact) for one in self.view.services])
        self.query_one("#services-pane", Pane).styles.height = 2 + min(len(self.view.services), 8 if compact else 20)
        self.query_one("#verdict", Lines).show([verdict(self.view)])
        self.query_one("#exposure-pane", Pane).head(_("Exposure"), _("what a stranger can reach"))
        self.query_one("#exposure", Lines).show([*exposure(self.view), *self._openings()])
        self.query_one("#sessions-pane", Pane).head(_("Sessions"), str(len(self.view.sessions)))
        now = self.dashboard.now()
        here = [_session(one, ago(one.since, now)) for one in self.view.sessions]
        self.query_one("#sessions", Lines).show(here or [line((_(" Nobody is here over the network."), "grey"))])
        self.draw_chosen()

    def _openings(self) -> list[Line]:
        """Of each open port since when, by whom, and what is not as delivered."""
        return [
            (Piece(" "), *fit(line((name, "grey")), 14), *line(self._opened(one)), *line((f"  {one.words}", "grey")))
            for name, one in self.openings.items()
        ]

    def _opened(self, one: Opening) -> str:
        if one.at is None:
            return ""
        at = when(one.at, self.dashboard.now(), self.dashboard.call.zone)
        return _("since {} by {}").format(at, one.by)

    def draw_chosen(self) -> None:
        """The service under the cursor."""
        one = self._under_cursor()
        self.query_one("#service-pane", Pane).head(one.name if one else "")
        self.query_one("#service", Lines).show(chosen(one) if one else [])

    @on(Table.Moved)
    def _another(self) -> None:
        self.draw_chosen()

    @on(Table.Opened)
    def action_settings(self) -> None:
        """To the settings of the service."""
        one = self._under_cursor()
        if one is not None and one.settings:
            self.dashboard.go(f"settings/{one.settings}")
        elif one is not None:
            self.dashboard.say(_("{} has no settings of its own.").format(one.name))

    def action_switch(self) -> None:
        """On or off, where it can be chosen."""
        one = self._under_cursor()
        if one is None or not one.settings:
            self.dashboard.say(_("This service always runs."))
            return
        wanted = "true" if one.state == OFF else "false"
        self.dashboard.commander.order(f"set {one.settings}.enabled={wanted}")
        self.set_timer(0.3, self.reload)

    def action_log(self) -> None:
        """What it said."""
        one = self._under_cursor()
        if one is not None:
            self.dashboard.go(f"log/service.{one.name}")

    def action_exposure(self) -> None:
        """Every open port, and who may reach it."""
        self.dashboard.commander.order("show exposure")

    def action_clients(self) -> None:
        """Everybody who is here."""
        self.dashboard.commander.order("client list")

    def action_log_out(self) -> None:
        """Choose a person whose sessions end."""
        people = sorted({one.user for one in self.view.sessions} - {""})
        if not people:
            self.dashboard.say(_("Nobody is logged in over the network."))
            return
        choices = [Choice(name, name, _("all sessions end")) for name in people]
        self.app.push_screen(Choose(_("Whose sessions"), choices), self._log_out)

    def _log_out(self, name: str | None) -> None:
        if name is not None:
            self.dashboard.commander.order(f"user logout {quote(name)}", self.reload)

    def _under_cursor(self) -> Service | None:
        row = self.query_one("#services", Table).row
        return next((one for one in self.view.services if row and one.name == row.key), None)

    def _row(self, one: Service, *, compact: bool) -> Row:
        mark = _mark(one)
        colour = {"ok": "", "grey": "grey"}.get(mark.word, mark.word)
        reach = line((f"{FLAG.symbol if one.exposed else ''} {one.reach}".strip(), "flag" if one.exposed else colour))
        port = line((str(one.port) if one.port else "", colour))
        since = ago(one.since, self.dashboard.now())
        note = line((one.note, colour if mark in (SILENT, FLAG) else "grey"))
        head = ((marked(mark),), line((one.name, colour)), line((one.state, colour)), line((one.kind, "grey")), port)
        if compact:
            return Row(one.name, (*head, reach, note))
        clients = line((str(one.clients) if one.port else "–", colour))
        return Row(one.name, (*head, line((one.listens, colour)), reach, clients, line((since, "grey")), note))


def verdict(view: Services) -> Line:
    """How many run, and what is open."""
    states = [one.state for one in view.services]
    running, off = states.count("running"), states.count(OFF)
    troubled = sum(state in TROUBLED for state in states)
    exposed = [one for one in view.services if one.reach is Reach.ALL]
    plain = sum(one.exposed for one in exposed)
    parts = [
        line((_(" {} running").format(running), "ok")),
        line((f"{SILENT.symbol} " + _("{} waiting").format(troubled), "silent")) if troubled else EMPTY,
        line((_("{} off").format(off), "grey")) if off else EMPTY,
        _open(len(exposed), plain),
    ]
    return joined(part for part in parts if part)


def _open(exposed: int, plain: int) -> Line:
    if not exposed:
        return line((_("  exposure "), "grey"), (OK.symbol, "ok"), (_(" nothing is open to all"), "ok"))
    mark, word = (FLAG, "flag") if plain else (OK, "")
    not_encrypted = _(", {} of them not encrypted").format(plain) if plain else _(", encrypted")
    words = plural(" {} port open to all", " {} ports open to all", exposed).format(exposed)
    return line((_("  exposure "), "grey"), (mark.symbol, mark.word), (words + not_encrypted, word))


def chosen(one: Service) -> list[Line]:
    """What it does, who reaches it, what protects it, what would be better."""
    facts: list[tuple[str, Line]] = [("does", line(one.does or "–"))]
    if one.error:
        facts.append(("last fault", line((one.error, "silent" if one.state in TROUBLED else ""))))
    if one.port:
        protects = (
            marked(OK if one.encrypted or one.reach is Reach.LOCAL else FLAG),
            *line(_(" encrypted") if one.encrypted else _(" plain text")),
        )
        facts += [("reached by", line(REACHED[one.reach])), ("protects", (*protects, *line(f", {one.note}")))]
    if one.exposed:
        facts.append(("better", line((f"set {one.settings}.listen=127.0.0.1", "accent"))))
    if one.settings:
        facts.append(("settings", (Piece(one.settings, "accent", f"settings/{one.settings}"),)))
    return [(Piece(" "), *fit(line((name, "grey")), 12), *words) for name, words in facts]


REACHED: Final = {
    Reach.NOBODY: _("nobody"),
    Reach.LOCAL: _("programs on this machine only"),
    Reach.LISTED: _("the addresses it allows"),
    Reach.NETWORK: _("whoever reaches its address"),
    Reach.ALL: _("everybody who reaches this machine"),
}


def exposure(view: Services) -> list[Line]:
    """Open ports by who can reach them."""
    by_reach = (
        ("open to all", (Reach.ALL,)),
        ("open to LAN", (Reach.NETWORK, Reach.LISTED)),
        ("local only", (Reach.LOCAL,)),
    )
    lines = []
    for words, reaches in by_reach:
        ports = [one for one in view.services if one.port and one.state != OFF and one.reach in reaches]
        pieces = [
            p for one in ports for p in (marked(FLAG if one.exposed else OK), Piece(f" {one.port} {one.name}   "))
        ]
        lines.append((Piece(" "), *fit(line((words, "grey")), 14), *(pieces or line(("–", "grey")))))
    return lines


def _session(one: Session, since: str) -> Line:
    where = " ".join(filter(None, (one.door, one.source)))
    return (
        Piece(" "),
        *fit(line(one.user or _("nobody yet")), 14),
        *line((f"{where} · level {one.level} · {since}", "grey")),
    )


def _mark(one: Service) -> Mark:
    if one.state in TROUBLED:
        return SILENT
    if one.state in (OFF, "stopped"):
        return PASSIVE
    return FLAG if one.exposed else OK
