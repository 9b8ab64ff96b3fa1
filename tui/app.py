"""One session's dashboard: which screen is seen, in which colours, and who looks."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Final, cast

from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.worker import WorkerFailed

from appliance.operations.call import Call
from appliance.operations.to_do import first_steps_wait
from appliance.operations.user_fields import theme_of
from appliance.security.doorkeeper import ADMINISTRATOR
from tui.colours import console_for
from tui.commander import Commander
from tui.density import ROOMY, SMALLEST
from tui.feed import Feed
from tui.leaving import leave
from tui.messages import Changes, Happened
from tui.own_orders import OwnOrders
from tui.screens import SCREENS
from tui.screens.entrance import Login
from tui.screens.first_start import FirstStart
from tui.screens.first_steps import PlaceAndTime
from tui.screens.new_password import OwnPassword
from tui.screens.page import Page
from tui.style import SharedStyle
from tui.terminal import Terminal
from tui.text import _
from tui.theme import THEMES, theme_for
from tui.toasts import Toasts
from tui.typed_ahead import TypedAhead

log = logging.getLogger("busmeister.dashboard")

TOAST: Final = 3.0  # seconds


class Dashboard(App[None]):
    """Small: screens hold what they show, operations do what is ordered."""

    TITLE = "busmeister"
    CSS_PATH = "dashboard.tcss"
    ENABLE_COMMAND_PALETTE = False  # Textual's own would save pictures on the appliance
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {entry.name: entry.make for entry in SCREENS}
    DEFAULT_MODE = SCREENS[0].name
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(entry.key, f"go('{entry.name}')", entry.title, show=False, id=entry.name) for entry in SCREENS),
        Binding("escape", "back", _("back"), show=False, id="back"),
        Binding("ctrl+p", "palette", _("commands"), id="palette"),
        Binding("colon", "palette", _("commands"), show=False, id="palette-too"),
        Binding("question_mark,f1", "help", _("help"), show=False, id="help"),
        Binding("full_stop", "repeat", _("repeat"), show=False, id="repeat"),
        Binding("q", "leave", _("quit"), id="quit"),
        Binding("ctrl+c", "break_off", _("break off"), show=False, id="break-off", priority=True),
        Binding("ctrl+q", "leave", _("quit"), show=False, id="quit-too"),
    ]

    def __init__(
        self,
        feed: Feed,
        call: Call,
        *,
        driver: Callable[..., Driver] | None = None,
        terminal: Terminal | None = None,
        sessions: Callable[[], int] = lambda: 1,
        stops_appliance: bool = False,
    ) -> None:
        self.call = call
        if self.is_in:  # else the entrance leads there
            cast("Any", self).DEFAULT_MODE = self.start_screen
        super().__init__(driver_class=cast("Any", driver))
        # Textual would lead this process's output into whichever dashboard was opened last.
        self._capture_stdout = cast("Any", sys.__stdout__)
        self._capture_stderr = cast("Any", sys.__stderr__)
        self._notifications = Toasts()  # Textual's own pile up without end
        self.stylesheet = SharedStyle(self.get_css_variables())
        self.feed = feed
        self.sessions = sessions
        self.commander = Commander(self)
        self.own_orders = OwnOrders(self)
        self._typed_ahead = TypedAhead(self, super().on_event)
        self.remark = ""  # what the person is to be told first
        self.stops_appliance = stops_appliance  # quitting here ends `run`
        self.opened: set[Page] = set()  # screens that are there, seen or not
        self.terminal = terminal or Terminal()
        self.ascii = self.terminal.ascii
        self.console = console_for(self.terminal, self.console)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = theme_for(theme_of(call), self.terminal.colours)

    @property
    def compact(self) -> bool:
        """Too small for two columns and blank lines."""
        return ROOMY.is_over(self.size)

    @property
    def page(self) -> Page | None:
        """The screen that is seen, where it is no question or help over one."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Page)), None)

    @property
    def drawn_page(self) -> Page | None:
        """The screen that is seen while it has all its widgets: not before it is made, nor while the session ends."""
        page = self.page
        return page if page is not None and page.is_mounted and self.is_running else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Who has not come in can do nothing but that, or leave."""
        return self.is_in or action not in ("go", "back", "palette", "repeat", "help")

    @property
    def is_in(self) -> bool:
        """Somebody is here who logged in, with a password of their own."""
        return self.call.level > 0 and not self.call.must_change_password

    @property
    def start_screen(self) -> str:
        """Where a session begins."""
        return str(self.call.parts.settings.dashboard.start_screen)

    def enter(self) -> None:
        """Ask for what is missing: a password of one's own, a login, at the first start the set-up code."""
        if self.call.must_change_password:
            self.push_screen(OwnPassword())
        else:
            self.push_screen(Login() if self.call.parts.doorkeeper.is_set_up else FirstStart())

    def begin(self) -> None:
        """The first start from its beginning, or from where it was left."""
        if self.is_in and self.call.parts.doorkeeper.is_set_up:
            self.push_screen(PlaceAndTime())
        else:
            self.enter()

    def now(self) -> datetime:
        """Time as people here read it."""
        return self.call.now().astimezone(self.call.zone)

    async def on_event(self, event: events.Event) -> None:
        """Keys one after the other; what comes back from a widget that does not know its key goes its way."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._typed_ahead.take(event)
        else:
            await super().on_event(event)

    async def on_load(self) -> None:
        """Follow what happens before there is a screen, so that the first one has everything at hand."""
        await self.feed.join(self._tell)

    def on_mount(self) -> None:
        """Ask who comes in, or lead to where they begin."""
        self.set_interval(1, self._second)
        if not self.is_in:
            self.enter()
            return
        if self.remark:
            self.complain(self.remark)
        if self.call.user == ADMINISTRATOR and first_steps_wait(self.call):
            self.begin()  # made over SSH, where the first two steps have no screens

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self.feed.leave(self._tell)

    def go(self, address: str) -> None:
        """To what an address names; of screens that do not exist, nowhere."""
        name, *rest = address.split("/")
        if name == "first-start":
            self.begin()
        if not self.is_in or name not in self.MODES:
            return
        if name != self.current_mode:
            self.switch_mode(name)
        elif not rest:
            while len(self.screen_stack) > 1:
                self.pop_screen()
        base = self.screen_stack[0]
        if rest and isinstance(base, Page):
            base.call_later(base.open, tuple(rest))  # where it was chosen this moment: after its widgets are made

    def action_go(self, name: str) -> None:
        """To a screen; again: back to its top level."""
        self.go(name)

    async def action_back(self) -> None:
        """Out of what is seen; from the top to Overview, never out of the dashboard."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.go(SCREENS[0].name)

    def action_palette(self) -> None:
        """Everything there is to do."""
        self.commander.open_palette()

    def action_help(self) -> None:
        """What is seen, explained."""
        self.commander.open_help()

    def action_repeat(self) -> None:
        """The last command again."""
        self.commander.repeat()

    def action_leave(self) -> None:
        """End this session; what was ordered goes on. Asks where something would be lost or stopped."""
        leave(self)

    def action_break_off(self) -> None:
        """Break off the newest long order given in this session, after asking; else say how to leave."""
        self.own_orders.break_off()

    def say(self, sentence: str) -> None:
        """A toast."""
        self.notify(sentence, timeout=TOAST, markup=False)

    def complain(self, sentence: str) -> None:
        """What could not be done; longer to be seen."""
        self.notify(sentence, severity="error", timeout=4 * TOAST, markup=False)

    @on(Happened)
    def _pass_on(self, message: Happened) -> None:
        page = self.drawn_page
        if page is not None:
            page.draw_frame()
            page.happened(message.changes)

    def on_resize(self, event: events.Resize) -> None:
        """Choose the density. Textual tells `size` the new one only after this."""
        self.set_class(ROOMY.is_over(event.size), "compact")
        self.set_class(SMALLEST.is_over(event.size), "tiny")

    def on_key(self, event: events.Key) -> None:
        """A key that no field took: where this session's level forbids what it does, say what it needs."""
        page = self.screen
        if isinstance(page, Page) and (sentence := page.forbidden(event.key)):
            self.complain(sentence)

    def _tell(self, changes: Changes) -> None:
        self.post_message(Happened(changes))

    def _second(self) -> None:
        """The clock goes on."""
        page = self.drawn_page
        if page is not None:
            page.draw_frame()
            page.second()

    def _handle_exception(self, error: Exception) -> None:
        """A mistake of the program ends this session alone; its trace goes to the log, without values of variables."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        log.error("The dashboard of %s (%s) ended by a mistake.", self.call.who, self.call.door, exc_info=cause)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual would print the trace with the values of variables, secrets among them."""
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """Nothing of a session goes to the output of the appliance."""
        self._exit_renderables.clear()
