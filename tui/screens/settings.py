"""Settings: forms made from the rows. What is typed is kept until it is saved, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from appliance.errors import BusmeisterError
from appliance.events import SettingsChanged
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import execute, sentence_of
from appliance.operations.line import parse_line
from appliance.settings import Line as SettingLine
from tui.draw import EMPTY, Line, Piece, cut, fit, line, right, width
from tui.forms import Draft, Group, console_line, dotted, groups_of, label_of, matching, next_runs, range_of, step
from tui.messages import Changes
from tui.screens.ask import Ask
from tui.screens.page import Page
from tui.text import _
from tui.widgets.fields import Fields
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table
from tui.words import CHANGED, SILENT

LONGEST_SAVE: Final = 1 << 20  # octets of all changes together
GROUP_COLUMNS: Final = (Column("group", 22, most=22, gap=1), Column("mark", 1))
NARROW_GROUPS: Final = (Column("group", 17, most=17, gap=0), Column("mark", 1))
VALUE: Final = (10, 34)  # cells of a value, the least and the most
FIND: Final = "/"


class SettingsPage(Page):
    """Groups at the left, fields at the right, what is not saved below."""

    name_of_tab = "settings"
    CSS_PATH = "settings.tcss"
    stale_by: ClassVar[tuple[type, ...]] = (SettingsChanged,)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", _("save"), id="settings.save"),
        Binding("u", "undo", _("undo"), id="settings.undo"),
        Binding("D", "default", _("default"), id="settings.default"),
        Binding("slash", "find", _("find setting"), key_display="/", id="settings.find"),
        Binding("o", "others", _("only changed ones"), id="settings.others"),
        Binding("Y", "copy", _("copy line"), show=False, id="settings.copy"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.draft = Draft()
        self.groups: list[Group] = []
        self.wanted = ""  # words to find; empty: the group under the cursor
        self.only_others = False

    def body(self) -> ComposeResult:
        with Horizontal():
            yield Pane(
                Table(GROUP_COLUMNS, head=False, margin=1, id="groups", shows_cursor=True),
                title=_("Group"),
                id="groups-pane",
            )
            with Vertical(id="form"):
                yield Pane(Fields(id="fields"), id="fields-pane")
                yield Pane(Lines(id="setting"), id="setting-pane")
                yield Pane(Lines(id="unsaved"), title=_("Not saved yet"), id="unsaved-pane")

    def on_mount(self) -> None:
        """The groups have the focus."""
        self.query_one("#groups", Table).focus()

    async def load(self) -> None:
        """The values in force."""
        lines = await self.ask(lines_of)
        self.draft.load(lines)
        self.groups = groups_of(lines)
        self.draw()

    def happened(self, changes: Changes) -> None:
        """Somebody else saved, or we did."""
        if SettingsChanged in changes.kinds:
            self.reload()

    def open(self, path: tuple[str, ...]) -> None:
        """`settings/bus.readout`, or the name of one setting."""
        self.call_after_refresh(self._show_setting, path[0])

    def draw(self) -> None:
        """Everything, as it is typed now."""
        compact = self.dashboard.compact
        groups = self.query_one("#groups", Table)
        groups.set_columns(NARROW_GROUPS if compact else GROUP_COLUMNS)
        groups.show([self._group_row(group) for group in self.groups])
        self.draw_form()

    def draw_form(self) -> None:
        """The fields, and what is said about them."""
        fields, lines, compact = self.query_one("#fields", Fields), self._lines(), self.dashboard.compact
        widest = max((len(self._text(one)) + 1 for one in lines), default=0)
        room = max(VALUE[0], min(VALUE[1] if not compact else 18, widest))
        unit = max((len(one.setting.kind.unit) for one in lines), default=0)
        takes = max((width(self._takes(one, self.draft.error(one.name))) for one in lines), default=0)
        fields.set_columns(_columns(room, unit, takes, compact=compact))
        fields.empty(_("None of the settings matches. esc shows all.") if self.wanted else "")
        fields.show([self._field_row(one, room, compact=compact) for one in lines])
        title = f"{FIND} {self.wanted}" if self.wanted else self.group.title if self.group else ""
        level = max((one.setting.level for one in lines), default=0)
        self.query_one("#fields-pane", Pane).head(title, f"level {level}")
        self.draw_below()

    def draw_below(self) -> None:
        """The setting under the cursor, and all that is not saved."""
        one = self._line()
        self.query_one("#setting-pane", Pane).head(label_of(one.name) if one else "")
        self.query_one("#setting", Lines).show(self._about(one) if one else [])
        changes = len(self.draft.typed)
        self.query_one("#unsaved-pane", Pane).head(
            _("Not saved yet"), f"{changes} changes" if changes else _("nothing")
        )
        self.query_one("#unsaved", Lines).show(self._unsaved())

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

    @on(Table.Moved, "#fields")
    def _another_field(self) -> None:
        self.draw_below()

    @on(Fields.Begun)
    def _begin(self, message: Fields.Begun) -> None:
        one = self.draft.lines[message.name]
        if self.dashboard.call.level < one.setting.level:
            self.dashboard.complain(_("{} needs level {}.").format(one.name, one.setting.level))
            return
        choices = one.setting.kind.choices()
        if choices and not one.setting.kind.is_list and not one.setting.base and len(choices) <= len(MANY):
            self.draft.type(one.name, step(choices, self.draft.value(one.name)))
            self.draw()
            return
        text = "" if one.setting.kind.is_secret else self.draft.value(one.name)
        self.query_one("#fields", Fields).begin(one.name, text)
        self.draw_form()

    @on(Fields.Typed)
    def _typed(self, message: Fields.Typed) -> None:
        if message.text or not self.draft.lines[message.name].setting.kind.is_secret:
            self.draft.type(message.name, message.text)
        self.draw()

    @on(Fields.Undone)
    def _undone(self, message: Fields.Undone) -> None:
        self.draft.undo(message.name)
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
        one = self._line()
        if one is not None:
            self.draft.undo(one.name)
            self.draw()

    def action_default(self) -> None:
        """The field under the cursor as delivered; saved like any change."""
        one = self._line()
        if one is not None:
            self.draft.type(one.name, "" if one.setting.base else one.default)
            self.draw()

    def action_others(self) -> None:
        """Only what differs from delivery, or all."""
        self.only_others = not self.only_others
        self.draw_form()

    def action_find(self) -> None:
        """Find by name and help over all groups."""
        fields = self.query_one("#fields", Fields)
        fields.focus()
        self.app.push_screen(Ask(_("Find settings"), self.wanted), self._found)

    def action_copy(self) -> None:
        """The console line of the setting under the cursor."""
        one = self._line()
        if one is not None:
            self.dashboard.copy_to_clipboard(console_line(one, self.draft.value(one.name)))
            self.dashboard.say(_("Copied."))

    async def _save(self) -> None:
        try:
            answer = await self.ask(run_line, self.draft.save_line())
        except BusmeisterError as error:
            name = self.draft.refuse(sentence_of(error))
            self.dashboard.complain(sentence_of(error))
            if name:
                self._show_setting(name)
            return
        self.draft.typed.clear()
        self.dashboard.say(answer.sentence or _("Saved."))
        self.reload()

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
        fields = self.query_one("#fields", Fields)
        fields.move_to(name)
        fields.focus()
        self.draw_below()

    def _lines(self) -> Sequence[SettingLine]:
        if self.wanted:
            lines: Sequence[SettingLine] = matching(self.draft.lines.values(), self.wanted)
        else:
            lines = self.group.lines if self.group else ()
        return [one for one in lines if not self.only_others or not one.is_default or one.name in self.draft.typed]

    def _line(self) -> SettingLine | None:
        row = self.query_one("#fields", Fields).row
        return self.draft.lines.get(row.key) if row else None

    def _group_row(self, group: Group) -> Row:
        names = [one.name for one in group.lines]
        wrong = any(self.draft.error(name) for name in names)
        unsaved = any(name in self.draft.typed for name in names)
        mark = SILENT if wrong else CHANGED
        indent = "  " * group.depth
        return Row(group.name, (line(f"{indent}{group.label}"), (Piece(mark.symbol, mark.word),) if unsaved else EMPTY))

    def _text(self, one: SettingLine) -> str:
        """What stands in the field."""
        fields = self.query_one("#fields", Fields)
        secret = one.setting.kind.is_secret
        if fields.editing == one.name:
            text = dotted(fields.text) if secret else fields.text
            return f"{text[: fields.place]}▏{text[fields.place :]}"
        if secret and one.name in self.draft.typed:
            return dotted(self.draft.typed[one.name])
        return self.draft.value(one.name)

    def _field_row(self, one: SettingLine, room: int, *, compact: bool) -> Row:
        error, unsaved = self.draft.error(one.name), one.name in self.draft.typed
        mark = (Piece(SILENT.symbol, "silent"),) if error else (Piece("*", "flag"),) if unsaved else EMPTY
        may = self.dashboard.call.level >= one.setting.level
        colour = "silent" if error else "flag" if unsaved else "" if may else "grey"
        editing = self.query_one("#fields", Fields).editing == one.name
        ground = "picked" if editing else "field"
        cells = (
            mark,
            line((label_of(one.name), "" if may else "grey")),
            tuple(p._replace(style=f"{p.style} {ground}".strip()) for p in self._value(one, room, colour)),
            line((one.setting.kind.unit, "grey")),
            self._takes(one, error),
        )
        return Row(one.name, cells if compact else (*cells, line((one.setting.help, "grey"))))

    def _value(self, one: SettingLine, room: int, colour: str) -> Line:
        text = self._text(one)
        fields = self.query_one("#fields", Fields)
        if fields.editing == one.name and len(text) > room:  # what is typed stays in sight
            text = text[max(0, fields.place - room + 2) :]
        inherits = not text and bool(one.setting.base)
        shown = line(
            (cut(_("inherits") if inherits else text, room - 1), "grey" if inherits else f"strong {colour}".strip())
        )
        numbers = text.removeprefix("-").isdecimal() and not one.setting.kind.choices()
        return (*right(shown, room - 1), Piece(" ")) if numbers else (Piece(" "), *fit(shown, room - 1))

    def _takes(self, one: SettingLine, error: str) -> Line:
        if error:
            return line((error, "silent"))
        if one.name in self.draft.typed:
            was = _("a secret") if one.setting.kind.is_secret else one.text or _("empty")
            return line((_("changed, was {}").format(was), "flag"))
        if self.dashboard.call.level < one.setting.level:
            return line((f"level {one.setting.level}", "grey"))
        return line((range_of(one), "grey"))

    def _about(self, one: SettingLine) -> list[Line]:
        """Help, default, range, restart, level, next times, and how the console says it."""
        text = self.draft.value(one.name)
        default = one.default or (one.setting.base and _("as {}").format(one.setting.base)) or _("empty")
        facts = [("default", default), ("takes", one.setting.allowed()), ("level", str(one.setting.level))]
        if one.setting.restarts != "-":
            facts.append(("restarts", str(one.setting.restarts)))
        pieces = [p for name, value in facts for p in line((f"{name} ", "grey"), f"{value}   ")]
        runs = next_runs(one, text, self.dashboard.call.now(), self.dashboard.call.zone)
        return [
            line(" ", one.setting.help),
            (Piece(" "), *pieces),
            *([line((_(" next "), "grey"), runs)] if runs else []),
            line((_(" console "), "grey"), (console_line(one, text), "accent")),
        ]

    def _unsaved(self) -> list[Line]:
        if not self.draft.typed:
            return []
        room = 3 if self.dashboard.compact else 8
        lines = [self._change(name) for name in list(self.draft.typed)[:room]]
        more = len(self.draft.typed) - room
        rest = [line((f" +{more} ", "grey"))] if more > 0 else []
        restarts = self.draft.restarts()
        words = _(" ctrl+s saves; it restarts: {}.").format(restarts) if restarts else _(" ctrl+s saves.")
        return [*lines, *rest, line((words, "grey"))]

    def _change(self, name: str) -> Line:
        one, error = self.draft.lines[name], self.draft.error(name)
        new = dotted(self.draft.typed[name]) if one.setting.kind.is_secret else self.draft.typed[name]
        mark = SILENT if error else CHANGED
        old = one.text or _("empty")
        head, arrow = Piece(f" {mark.symbol} ", mark.word), (" → ", "grey")
        value = (cut(new, 24) or _("empty"), "strong")
        if self.dashboard.compact:
            return (head, *line(name, "  ", (cut(old, 12), "grey"), arrow, value))
        before = right(line((cut(old, 20), "grey")), 21)
        return (head, *fit(line(name), 34), *before, *line(arrow, value, (f"   {error}", "silent")))


MANY: Final = range(12)  # choices up to so many are stepped through, more are typed


def lines_of(call: Call) -> list[SettingLine]:
    """Every setting there is."""
    call.need_level(1, _("the settings"))
    return list(call.parts.settings.lines())


def run_line(call: Call, text: str) -> Answer:
    """Do a line of the console."""
    operation, tokens = registry().find(parse_line(text, LONGEST_SAVE).tokens)
    return execute(call, operation, tokens)


def _columns(value: int, unit: int, takes: int, *, compact: bool) -> tuple[Column, ...]:
    """As wide as what stands in them, within bounds."""
    columns = (
        Column("mark", 1, gap=1),
        Column("label", 19 if compact else 26, gap=1),
        Column("value", value, gap=1),
        Column("unit", max(2, min(4 if compact else 9, unit)), gap=1),
    )
    if compact:
        return (*columns, Column("takes", 19, most=200))
    return (*columns, Column("takes", max(10, min(34, takes))), Column("help", 10, most=200))
