"""Settings: forms made from the rows. What is typed is kept until it is saved, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from appliance.events import SettingsChanged
from appliance.operations.settings_view import LastChange, last_changes, settings_now
from appliance.settings import Line as SettingLine
from tui.draw import EMPTY, line
from tui.form_lines import about, count_of, unsaved
from tui.forms import Draft, label_of
from tui.messages import Changes
from tui.screens.ask import Ask
from tui.screens.form import Form, give
from tui.screens.page import Page
from tui.screens.question import Question
from tui.setting_groups import Group, groups_of, matching
from tui.shown import when
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table
from tui.words import CHANGED, SILENT

GROUP_COLUMNS: Final = (Column("group", 22, most=22, gap=1), Column("mark", 1))
NARROW_GROUPS: Final = (Column("group", 17, most=17, gap=0), Column("mark", 1))
FIND: Final = "/"


class SettingsPage(Page):
    """Groups at the left, fields at the right, what is not saved below."""

    name_of_tab = "settings"
    purpose = _("Every setting with its value, its range and its help; ctrl+s saves all changes in one step.")
    CSS_PATH = "settings.tcss"
    stale_by: ClassVar[tuple[type, ...]] = (SettingsChanged,)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", _("save"), id="settings.save"),
        Binding("u", "undo", _("undo"), id="settings.undo"),
        Binding("D", "default", _("default"), id="settings.default"),
        Binding("slash", "find", _("find setting"), key_display="/", id="settings.find"),
        Binding("o", "others", _("only changed ones"), id="settings.others"),
        Binding("h", "manual", _("manual"), id="settings.manual"),
        Binding("Y", "copy", _("copy line"), show=False, id="settings.copy"),
        Binding("escape", "leave", _("back"), show=False, id="settings.leave"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.draft = Draft()
        self.groups: list[Group] = []
        self.wanted = ""  # words to find; empty: the group under the cursor
        self.only_others = False
        self._others: dict[str, LastChange] = {}  # who overtook what is typed here
        self._asked = ""  # group or setting that was asked for before the first load

    @property
    def unsaved(self) -> int:
        return len(self.draft.typed)

    def body(self) -> ComposeResult:
        with Horizontal():
            yield Pane(
                Table(GROUP_COLUMNS, head=False, margin=1, id="groups", shows_cursor=True),
                title=_("Group"),
                id="groups-pane",
            )
            with Vertical(id="form"):
                yield Pane(Form(self.draft, id="fields"), id="fields-pane")
                yield Pane(Form(self.draft, id="next-fields"), id="next-pane")
                yield Pane(Lines(id="setting"), id="setting-pane")
                yield Pane(Lines(id="unsaved"), title=_("Not saved yet"), id="unsaved-pane")

    def on_mount(self) -> None:
        """The groups have the focus."""
        self.query_one("#groups", Table).focus()

    def on_resize(self) -> None:
        """Another group may have room below."""
        if self.groups:
            self.call_after_refresh(self.draw)

    async def load(self) -> None:
        """The values in force, and whose they are where they overtook ours."""
        lines = await self.ask(settings_now)
        self.draft.load(lines)
        self.groups = groups_of(lines)
        if self.draft.overtaken:
            self._others = await self.ask(last_changes, self.draft.overtaken)
        self.draw()
        if self._asked:
            asked, self._asked = self._asked, ""
            self._show_setting(asked)

    def happened(self, changes: Changes) -> None:
        """Somebody else saved, or we did."""
        if SettingsChanged in changes.kinds:
            self.reload()

    def open(self, path: tuple[str, ...]) -> None:
        """`settings/bus.readout`, or the name of one setting."""
        if self.groups:
            self.call_after_refresh(self._show_setting, path[0])
        else:
            self._asked = path[0]

    def draw(self) -> None:
        """Everything, as it is typed now."""
        compact = self.dashboard.compact
        groups = self.query_one("#groups", Table)
        groups.set_columns(NARROW_GROUPS if compact else GROUP_COLUMNS)
        groups.show([self._group_row(group) for group in self.groups])
        self.draw_form()

    def draw_form(self) -> None:
        """The fields, those of the group that follows, and what is said about them."""
        lines = self._lines()
        fields = self.query_one("#fields", Form)
        fields.empty(_("None of the settings matches. esc shows all.") if self.wanted else "")
        fields.show_lines(lines)
        title = f"{FIND} {self.wanted}" if self.wanted else self.group.title if self.group else ""
        self._head("#fields-pane", title, lines)
        self._draw_next(len(lines))
        self.draw_below()

    def draw_below(self) -> None:
        """The setting under the cursor, and all that is not saved."""
        one, now, zone = self._form().line, self.dashboard.now(), self.dashboard.call.zone
        cells = self.query_one("#form").size.width
        self.query_one("#setting-pane", Pane).head(label_of(one.name) if one else "")
        self.query_one("#setting", Lines).show(about(one, self.draft, now, zone, cells) if one else [])
        self.query_one("#unsaved-pane", Pane).head(_("Not saved yet"), count_of(self.draft))
        overtaken = [line((f" {self._overtaking(name)}", "flag")) for name in self.draft.overtaken]
        self.query_one("#unsaved", Lines).show([*unsaved(self.draft, compact=self.dashboard.compact), *overtaken])

    @property
    def group(self) -> Group | None:
        """The one under the cursor."""
        row = self.query_one("#groups", Table).row
        return next((group for group in self.groups if row and group.name == row.key), None)

    @on(Table.Moved, "#groups")
    def _another_group(self) -> None:
        self.wanted = ""
        self.draw_form()

    @on(Table.Opened, "#groups")
    def _into_group(self) -> None:
        self.query_one("#fields").focus()

    @on(Table.Moved, "Form")
    def _another_field(self) -> None:
        self.draw_below()

    @on(Form.Changed)
    def _typed(self) -> None:
        self.draw()

    def action_save(self) -> None:
        """All that was typed, or nothing where one is wrong."""
        wrong = self.draft.wrong
        if wrong:
            self._show_setting(wrong[0])
            self.dashboard.complain(_("Nothing was saved: {} is wrong.").format(wrong[0]))
        elif self.draft.typed:
            self.run_worker(self._save(), exclusive=True)
        else:
            self.dashboard.say(_("Nothing to save."))

    def action_undo(self) -> None:
        """The field under the cursor as it is in force."""
        self._form().action_undo()

    def action_default(self) -> None:
        """The field under the cursor as delivered."""
        self._form().action_default()

    def action_copy(self) -> None:
        """The console line of the field under the cursor."""
        self._form().action_copy()

    def action_others(self) -> None:
        """Only what differs from delivery, or all."""
        self.only_others = not self.only_others
        self.draw_form()

    def action_manual(self) -> None:
        """What the manual says of the field under the cursor."""
        one = self._form().line
        if one is not None:
            self.dashboard.commander.order(f"help {one.name}")

    def action_find(self) -> None:
        """Find by name and help over all groups."""
        self.query_one("#fields").focus()
        self.app.push_screen(Ask(_("Find settings"), self.wanted), self._found)

    async def action_leave(self) -> None:
        """First the finding ends, then the group is left."""
        groups = self.query_one("#groups", Table)
        if self.wanted:
            self._found("")
        elif not groups.has_focus:
            groups.focus()
        else:
            await self.dashboard.action_back()

    async def _save(self) -> None:
        """Look first whether somebody else saved meanwhile."""
        await self.load()
        if self.draft.overtaken:
            sentences = [self._overtaking(name) for name in self.draft.overtaken]
            question = Question(*sentences, _("Save yours all the same?"))
            self.app.push_screen(question, lambda yes: self._insist() if yes else None)
        else:
            await self._give()

    def _insist(self) -> None:
        self.draft.insist()
        self.run_worker(self._give(), exclusive=True)

    async def _give(self) -> None:
        refused = await give(self, self.draft)
        if refused:
            self._show_setting(refused)
        self.reload()

    def _overtaking(self, name: str) -> str:
        """`hauswart changed bus.readout.retries to 4 at 14:20; yours is 5.`"""
        one, by = self.draft.lines[name], self._others.get(name)
        theirs, yours = one.text or _("empty"), self.draft.typed[name] or _("empty")
        if one.setting.kind.is_secret:
            theirs = yours = _("another secret")
        if by is None:
            return _("{} was changed to {} meanwhile; yours is {}.").format(name, theirs, yours)
        at = when(by.at, self.dashboard.now(), self.dashboard.call.zone)
        return _("{} changed {} to {} at {}; yours is {}.").format(by.who, name, theirs, at, yours)

    def _found(self, words: str | None) -> None:
        self.wanted = words or ""
        self.draw_form()

    def _show_setting(self, name: str) -> None:
        group = next((g for g in self.groups if name == g.name or any(one.name == name for one in g.lines)), None)
        if group is None:
            return
        self.wanted, self.only_others = "", False
        self.query_one("#groups", Table).move_to(group.name)
        self.draw()
        fields = self.query_one("#fields", Form)
        fields.move_to(name)
        fields.focus()
        self.draw_below()

    def _form(self) -> Form:
        """The fields that have the focus, else the first ones."""
        following = self.query_one("#next-fields", Form)
        return following if following.has_focus else self.query_one("#fields", Form)

    def _lines(self) -> Sequence[SettingLine]:
        if self.wanted:
            lines: Sequence[SettingLine] = matching(self.draft.lines.values(), self.wanted)
        else:
            lines = self.group.lines if self.group else ()
        return [one for one in lines if not self.only_others or not one.is_default or one.name in self.draft.typed]

    def _draw_next(self, above: int) -> None:
        """The group that follows, where the window has room for it."""
        names = [group.name for group in self.groups]
        place = names.index(self.group.name) + 1 if self.group else len(names)
        following = self.groups[place] if place < len(names) and not self.wanted and not self.only_others else None
        taken = above + 3 + 12  # titles and blank lines; what is said about the setting, and what is not saved
        fits = following is not None and taken + len(following.lines) < self.query_one("#form").size.height
        pane = self.query_one("#next-pane", Pane)
        pane.display = fits and not self.dashboard.compact
        self.query_one("#fields-pane", Pane).styles.height = above + 1 if pane.display else "1fr"
        if following is not None and pane.display:
            self.query_one("#next-fields", Form).show_lines(following.lines)
            self._head("#next-pane", following.title, following.lines)

    def _head(self, pane: str, title: str, lines: Sequence[SettingLine]) -> None:
        level = max((one.setting.level for one in lines), default=0)
        self.query_one(pane, Pane).head(title, _("level {}").format(level) if level else "")

    def _group_row(self, group: Group) -> Row:
        names = [one.name for one in group.lines]
        wrong = any(self.draft.error(name) for name in names)
        changed = any(name in self.draft.typed for name in names)
        mark = SILENT if wrong else CHANGED
        indent = "  " * group.depth
        return Row(group.name, (line(f"{indent}{group.label}"), line((mark.symbol, mark.word)) if changed else EMPTY))
