"""A form of settings: fields that are edited in their place and kept in a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from appliance.errors import BusmeisterError
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import execute, sentence_of
from appliance.operations.line import parse_line
from appliance.settings import Line as SettingLine
from tui.form_lines import Typing, columns_for, field_row, labels_of
from tui.forms import Draft, choices_of, is_switch, label_of, step
from tui.screens.choose import Choice, Choose
from tui.text import _
from tui.widgets.fields import Fields

if TYPE_CHECKING:
    from tui.screens.page import Page

LONGEST_SAVE: Final = 1 << 20  # octets of all changes together


class Form(Fields):
    """Draws the rows of its draft that it is told to show."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "edit", show=False, id="form.switch")]

    class Changed(Message):
        """Something was typed, or taken back."""

    def __init__(self, draft: Draft, **named: Any) -> None:  # noqa: ANN401  # Textual's own: id, classes
        super().__init__(**named)
        self.draft = draft
        self._lines: Sequence[SettingLine] = ()

    @property
    def line(self) -> SettingLine | None:
        """The setting under the cursor."""
        return self.draft.lines.get(self.row.key) if self.row else None

    def show_lines(self, lines: Sequence[SettingLine]) -> None:
        """These settings, as they are typed now."""
        self._lines = lines
        level, typing = self.dashboard.call.level, Typing(self.editing, self.text, self.place)
        columns = columns_for(lines, self.draft, typing, level, compact=self.dashboard.compact)
        self.set_columns(columns)
        labels = labels_of(lines, compact=self.dashboard.compact)
        self.show([field_row(one, self.draft, typing, columns, level, labels[one.name]) for one in lines])

    def draw_again(self) -> None:
        """After what was typed."""
        self.show_lines([self.draft.lines[one.name] for one in self._lines if one.name in self.draft.lines])

    def action_undo(self) -> None:
        """The field under the cursor as it is in force."""
        if self.line is not None:
            self.draft.undo(self.line.name)
            self._tell()

    def action_default(self) -> None:
        """The field under the cursor as delivered; saved like any change."""
        if self.line is not None:
            self._take("" if self.line.setting.base else self.line.default)

    def action_copy(self) -> None:
        """The console line of the setting under the cursor."""
        if self.line is not None:
            self.app.copy_to_clipboard(self.draft.console_line(self.line.name))
            self.dashboard.say(_("Copied."))

    @on(Fields.Begun)
    def _begin(self, message: Fields.Begun) -> None:
        one = self.draft.lines[message.name]
        if self.dashboard.call.level < one.setting.level:
            self.dashboard.complain(_("{} needs level {}.").format(one.name, one.setting.level))
            return
        choices = choices_of(one)
        if len(choices) == 2 and (is_switch(one) or all(choices)):
            self._take(step(choices, self.draft.value(one.name)))
        elif choices:
            listed = [Choice(word, word or _("inherits")) for word in choices]
            chooser = Choose(label_of(one.name), listed, self.draft.value(one.name))
            self.app.push_screen(chooser, lambda word: self._take(word) if word is not None else None)
        else:
            self.begin(one.name, "" if one.setting.kind.is_secret else self.draft.value(one.name))
            self.draw_again()

    @on(Fields.Typed)
    def _typed(self, message: Fields.Typed) -> None:
        if message.text or not self.draft.lines[message.name].setting.kind.is_secret:
            self.draft.type(message.name, message.text)
        self._tell()

    @on(Fields.Undone)
    def _undone(self, message: Fields.Undone) -> None:
        self.draft.undo(message.name)
        self._tell()

    def _take(self, text: str) -> None:
        if self.line is not None:
            self.draft.type(self.line.name, text)
            self._tell()

    def _tell(self) -> None:
        self.draw_again()
        self.post_message(self.Changed())


async def give(page: Page, draft: Draft) -> str:
    """Save all of a draft, or nothing; the name of the field that was refused, where it is known."""
    try:
        answer = await page.ask(run_line, draft.save_line())
    except BusmeisterError as error:
        page.dashboard.complain(sentence_of(error))
        return draft.refuse(sentence_of(error))
    draft.clear()
    page.dashboard.say(answer.sentence or _("Saved."))
    return ""


def run_line(call: Call, text: str) -> Answer:
    """Do a line of the console."""
    operation, tokens = registry().find(parse_line(text, LONGEST_SAVE).tokens)
    return execute(call, operation, tokens)
