"""What all screens share: the frame, the address, and asking the appliance off the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.keys import key_to_character
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from appliance.errors import BusmeisterError
from appliance.operations.all import registry
from appliance.operations.call import Call
from appliance.operations.execute import execute_named, sentence_of
from tui.density import SMALLEST
from tui.draw import Line, line
from tui.frame import Banner, KeyLine, Person, StatusLine, TabLine, banner_line, key_line, status_line, tab_line
from tui.messages import Changes
from tui.text import _
from tui.troubles import troubles
from tui.widgets.lines import OneLine

if TYPE_CHECKING:
    from tui.app import Dashboard

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Page(Screen[None]):
    """A screen of the dashboard. Subclasses give a body, what makes it stale, and how it is loaded."""

    name_of_tab: ClassVar[str] = ""  # which tab it stands under
    purpose: ClassVar[str] = ""  # what it is for, in the help
    stale_by: ClassVar[tuple[type, ...]] = ()  # kinds of events that make its picture out of date
    levels: ClassVar[dict[str, int]] = {}  # action: least level, where that is more than 1
    period: ClassVar[float] = 0.0  # seconds between two looks while it is seen; 0: only what happens renews it
    inherit_bindings = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", _("next pane"), show=False, id="next-pane"),
        Binding("shift+tab", "app.focus_previous", _("previous pane"), show=False, id="previous-pane"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._status, self._tabs, self._banner, self._keys = StatusLine(), TabLine(), Banner(), KeyLine()
        self._too_small = TooSmall()
        self.loaded = asyncio.Event()  # what it shows was there once
        self._loading = False
        self._again = False
        self._looking: Timer | None = None
        self._was_compact: bool | None = None  # when it was measured last

    @property
    def dashboard(self) -> Dashboard:
        """The session's application."""
        return cast("Dashboard", self.app)

    @property
    def unsaved(self) -> int:
        """Changes that are lost when it is left."""
        return 0

    def on_mount(self) -> None:
        """It is there, seen or not."""
        self.dashboard.opened.add(self)

    def on_unmount(self) -> None:
        """It is gone."""
        self.dashboard.opened.discard(self)

    @property
    def address(self) -> str:
        """What leads here: `meters/71204518/charts`."""
        return self.name_of_tab

    def compose(self) -> ComposeResult:
        """Frame around the body."""
        yield self._status
        yield self._tabs
        yield self._banner
        with Container(id="body"):
            yield from self.body()
        yield self._keys
        yield self._too_small

    def body(self) -> ComposeResult:
        """The widgets between the frame's lines."""
        raise NotImplementedError

    async def load(self) -> None:
        """Ask for what is shown, and show it."""

    def second(self) -> None:
        """A second went by while this screen is seen."""

    def open(self, path: tuple[str, ...]) -> None:
        """Go to what the rest of an address names."""

    def happened(self, changes: Changes) -> None:
        """Something changed while this screen is seen."""
        if any(issubclass(kind, self.stale_by) for kind in changes.kinds):
            self.reload()

    def reload(self) -> None:
        """Load anew; while one load runs, one more is remembered. Nothing is shown to who is not in."""
        if not self.dashboard.is_in:
            return
        if self._loading:
            self._again = True
        else:
            self._loading = True
            self.work(self._load)

    async def ask(
        self,
        function: Callable[Concatenate[Call, Arguments], Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Let the appliance work, off the loop."""
        call = self.dashboard.call
        return await asyncio.wrap_future(call.parts.hub.ask(function, call, *arguments, **named))

    def work(self, task: Callable[[], Awaitable[None]], *, only: str = "") -> None:
        """Run a task beside the screen; of those with the same `only`, the newest one alone."""
        self.run_worker(cast("Any", task), exclusive=bool(only), group=only or "default")

    def order(self, operation: str, *, confirmed: bool = False, **values: str) -> None:
        """Give an order; its result comes as a toast."""
        self.run_worker(self._order(operation, values, confirmed=confirmed), exit_on_error=True)

    def draw_frame(self) -> None:
        """Status line, tabs, banner and keys as they are now."""
        if not self._too_small.is_attached:
            return  # not composed yet, or going
        app = self.dashboard
        person = Person(app.call.who, app.sessions())
        compact = app.compact
        self._status.make(lambda cells: status_line(app.feed, person, app.now(), cells, compact=compact))
        self._tabs.make(lambda cells: tab_line(self.name_of_tab, compact=compact))
        self._keys.make(lambda cells: key_line(tuple(self.shown_keys()), cells))
        wrong = troubles(app.call.parts, app.feed.notices)
        self._banner.display = bool(wrong)
        self._banner.make(lambda cells: banner_line(wrong))
        self._too_small.make(lambda cells: too_small(app.size.width, app.size.height))

    def shown_keys(self) -> Iterable[Binding]:
        """Those that the last line names."""
        return (binding for binding in self.keys() if binding.show)

    def keys(self) -> Iterable[Binding]:
        """The keys of this screen and of what has the focus, then those of the application."""
        for key, active in self.active_bindings.items():
            named = active.binding.id and active.binding.description  # Textual's own have no id
            if active.enabled and named and not self._is_typed(key):
                yield active.binding

    def _is_typed(self, key: str) -> bool:
        """The field that has the focus takes it as a letter."""
        return isinstance(self.focused, Input) and self.focused.check_consume_key(key, key_to_character(key))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that need a higher level are not shown; None lets `forbidden` find them all the same."""
        return True if self.dashboard.call.level >= self.levels.get(action, 0) else None

    def forbidden(self, key: str) -> str:
        """What this session's level forbids of what a key would do, and how to come by the level; else nothing."""
        active = self.active_bindings.get(key)
        if active is None or active.enabled or active.node is not self:
            return ""
        level = self.levels.get(active.binding.action.partition("(")[0], 0)
        words = _("{} needs level {}, this session has {}: ctrl+p, then enable {}")
        return words.format(active.binding.description, level, self.dashboard.call.level, level) if level else ""

    def renew(self) -> None:
        """Draw what is known, and ask for what is new."""
        self.draw_frame()
        self.reload()

    def look(self) -> None:
        """Time for another look."""
        self.reload()

    def on_screen_resume(self) -> None:
        """It is seen again. Textual calls the handlers of all classes of a screen, so none calls another."""
        self.renew()
        if self.period:
            self._looking = self._looking or self.set_interval(self.period, self.look)
            self._looking.resume()

    def on_screen_suspend(self) -> None:
        """Nobody looks."""
        if self._looking is not None:
            self._looking.pause()

    def on_descendant_focus(self) -> None:
        """Other keys act now."""
        self.call_after_refresh(self.draw_frame)

    def on_resize(self) -> None:
        """The window has another size; where another density holds, columns and lines are others too."""
        if self.is_current:
            before, self._was_compact = self._was_compact, self.dashboard.compact
            self.call_after_refresh(self.draw_frame if before in (None, self._was_compact) else self.renew)

    async def _load(self) -> None:
        try:
            self._again = True
            while self._again and self.is_attached:
                self._again = False
                await self.load()
        except BusmeisterError as error:
            self.dashboard.complain(sentence_of(error))
        finally:
            self._loading = False
            self.loaded.set()

    async def _order(self, name: str, values: dict[str, str], *, confirmed: bool) -> None:
        try:
            operation = registry().get(name)
            answer = await self.ask(execute_named, operation, values, confirmed=confirmed)
        except BusmeisterError as error:
            self.dashboard.complain(sentence_of(error))
            return
        if answer.job is not None:
            self.dashboard.own_orders.watch(answer.job)
        else:
            self.dashboard.say(answer.sentence or _("Done."))


class TooSmall(OneLine):
    """Instead of the body where there is no room for it."""


def too_small(columns: int, rows: int) -> Line:
    """What is missing."""
    return line((_("busmeister needs {}x{}, this is {}x{}").format(*SMALLEST, columns, rows), "flag"))


def typed(values: dict[str, Any]) -> dict[str, str]:
    """Arguments as an operation takes them from a form."""
    return {name: str(value) for name, value in values.items()}
